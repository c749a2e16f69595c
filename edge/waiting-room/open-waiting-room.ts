import {
  checkAdmissionPass,
  importPassKeys,
  type PassKeys,
  publicHalves,
} from "../../contracts/admission-pass.ts";
import { importSigningKeys, type SigningKeys } from "../../contracts/edge-signature.ts";
import type { Caller } from "../verify-token.ts";
import type { RoomEnv } from "./room-env.ts";
import { createRooms, type Rooms } from "./rooms.ts";
import { StatusCopies } from "./status-copies.ts";

/** Secrets of the waiting room, as they come from the environment. */
export interface WaitingRoomSecrets {
  /** As `EDGE_SIGNING_KEYS`, but of its own. */
  readonly QUEUE_TICKET_KEYS: string;
  /** Private P-256 JWKs by key id; the first signs. */
  readonly PASS_SIGNING_KEYS: string;
}

/** What routes need of the waiting room. */
export interface WaitingRoom {
  readonly env: RoomEnv;
  readonly rooms: Rooms;
  readonly copies: StatusCopies;
  readonly ticketKeys: SigningKeys;
  readonly passKeys: PassKeys;
  /** Whether a pass lets this caller in now, without asking anybody but the cached list of rooms. */
  readonly isAdmitted: (event: string, pass: string, caller: Caller) => Promise<boolean>;
}

/** @throws Error naming the variable whose keys are malformed, never a key */
export async function openWaitingRoom(
  env: RoomEnv & WaitingRoomSecrets,
  now: () => number,
): Promise<WaitingRoom> {
  const refuse = (name: string) => () => {
    throw new Error(`the edge is not configured: ${name}: the keys are malformed`);
  };
  const ticketKeys = await importSigningKeys(env.QUEUE_TICKET_KEYS).catch(
    refuse("QUEUE_TICKET_KEYS"),
  );
  const json = env.PASS_SIGNING_KEYS;
  const passKeys = await importPassKeys(json, "private").catch(refuse("PASS_SIGNING_KEYS"));
  const verifying = await importPassKeys(publicHalves(json), "public");
  const rooms = createRooms(env, now);
  return {
    env,
    rooms,
    copies: new StatusCopies(env, rooms, now),
    ticketKeys,
    passKeys,
    async isAdmitted(event, pass, caller) {
      const room = await rooms.find(event);
      if (room === undefined || room === "unknown") return false;
      const expected = { user: caller.id, event, generation: room.generation };
      const check = await checkAdmissionPass(verifying, pass, expected, now() / 1000);
      return check.ok;
    },
  };
}
