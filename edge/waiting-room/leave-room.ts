import { type EndedPass, endedPassesPath } from "../../contracts/queue-control.ts";
import { checkQueueTicket } from "../../contracts/queue-ticket.ts";
import type { OriginClient } from "../origin-client.ts";
import type { Parts } from "../parts.ts";
import type { Caller } from "../verify-token.ts";
import { shardOf } from "./core/shard-of.ts";
import { busy, missingTicket, noRoom, notYours } from "./refusals.ts";
import { sleep } from "./sleep.ts";
import { identityOf } from "./status-copies.ts";
import { callObject, shardStubOf } from "./stub.ts";

/** How often the origin is told of a pass that ended, with pauses in milliseconds; while it is down it sells nothing. */
const tellPausesMs = [500, 2000, 5000];

/**
 * Gives up the caller's place; the slot is free at once.
 * @returns the pass that ended early, if there was one: the origin must hear of it
 * @throws EdgeProblem `forbidden` unless ticket or pass are the caller's own
 */
export async function leaveRoom(
  { waitingRoom, now }: Pick<Parts, "waitingRoom" | "now">,
  leaver: {
    readonly event: string;
    readonly caller: Caller;
    readonly ticket: string | undefined;
    readonly pass: string | undefined;
  },
): Promise<EndedPass | null> {
  const { event, caller, ticket, pass } = leaver;
  const room = await waitingRoom.rooms.find(event);
  if (room === undefined) throw noRoom();
  if (room === "unknown") throw busy();
  if (ticket !== undefined) {
    const mine = { user: caller.id, event };
    const check = await checkQueueTicket(waitingRoom.ticketKeys, ticket, mine, now() / 1000);
    if (!check.ok) throw notYours("Queue-Ticket");
  } else if (pass === undefined) {
    throw missingTicket();
  } else if (!(await waitingRoom.isAdmitted(event, pass, caller))) {
    throw notYours("Admission-Pass");
  }
  const identity = { ...identityOf(room), shard: shardOf(caller.id, room.shards) };
  const stub = shardStubOf(waitingRoom.env, identity);
  const called = await callObject(async () => await stub.leave(identity, caller.id));
  if (called.status === "failed") throw busy();
  if (!called.value) return null;
  const { number, expiresAt } = called.value;
  return { event, generation: room.generation, number, expiresAt: Math.ceil(expiresAt / 1000) };
}

/**
 * Has the origin take the rest of a pass for nothing, at once if it answers.
 * @returns the work that tries again, done when there is none
 */
export async function tellOfEndedPass(
  origin: OriginClient,
  ended: EndedPass,
  requestId: string,
): Promise<{ readonly retry: Promise<void> }> {
  const isTold = await tell(origin, ended, requestId);
  return { retry: isTold ? Promise.resolve() : tellAgain(origin, ended, requestId) };
}

async function tellAgain(origin: OriginClient, ended: EndedPass, requestId: string): Promise<void> {
  for (const pauseMs of tellPausesMs) {
    await sleep(pauseMs);
    if (await tell(origin, ended, requestId)) return;
  }
}

async function tell(origin: OriginClient, ended: EndedPass, requestId: string): Promise<boolean> {
  try {
    const response = await origin({
      method: "POST",
      path: endedPassesPath,
      requestId,
      timeoutMs: 2000,
      headers: new Headers({ "Content-Type": "application/json" }),
      body: new TextEncoder().encode(JSON.stringify({ ended: [ended] })),
    });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false; // out of reach: and while it is, it sells nothing
  }
}
