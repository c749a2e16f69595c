import { nextPhase } from "./phases.ts";
import { createRoom, type Room, type RoomSettings } from "./room.ts";
import type { Stock } from "./stock.ts";
import { openIfDue } from "./step.ts";

/** What an administrator may change while people wait. */
export type Change = Partial<
  Pick<
    RoomSettings,
    "opensAt" | "admitPerMinute" | "maxActive" | "passSeconds" | "graceSeconds" | "message"
  >
>;

export type Command =
  | { readonly kind: "change"; readonly change: Change }
  | { readonly kind: "pause" }
  | { readonly kind: "resume" }
  | { readonly kind: "open" }
  | { readonly kind: "close" }
  | { readonly kind: "fail-open"; readonly until: number }
  /** Voids every place and pass. The draw starts over with a new secret. */
  | { readonly kind: "reset"; readonly secret: string; readonly opensAt: number };

export type CommandResult =
  | { readonly status: "done"; readonly room: Room }
  | { readonly status: "refused"; readonly reason: string };

/** Longer than this, letting everybody through is a decision to be taken again, in milliseconds. */
export const failOpenMsMax = 3_600_000;

/** Applies one command, or says why it makes no sense now. */
export function command(room: Room, given: Command, now: number): CommandResult {
  switch (given.kind) {
    case "change":
      return changed(room, given.change);
    case "pause":
      return moved(room, "paused", "only an open room can be paused");
    case "resume":
      return moved(room, "resumed", "the room is not paused");
    case "close":
      return moved(room, "closed", "the room is closed already");
    case "open": {
      if (room.phase !== "pre") return refused("the room has opened already");
      const opensAt = Math.floor(now / 1000) * 1000;
      return done(openIfDue({ ...room, settings: { ...room.settings, opensAt } }, now));
    }
    case "fail-open":
      if (given.until > now + failOpenMsMax) return refused("fail-open may last an hour at most");
      return done({ ...room, failOpenUntil: given.until });
    case "reset": {
      const generation = room.settings.generation + 1;
      const settings = { ...room.settings, generation, opensAt: given.opensAt };
      const beacon = room.beacon && { ...room.beacon, randomness: null };
      return done({ ...createRoom(settings, given.secret, beacon, now), stock: room.stock });
    }
    default:
      return given satisfies never;
  }
}

/** What is left to sell has changed; older news than the last is dropped. */
export function withStock(room: Room, stock: Stock): Room {
  return room.stock && room.stock.at > stock.at ? room : { ...room, stock };
}

/** The beacon's round is out. Once the draw is fixed, nothing changes it. */
export function withRandomness(room: Room, round: number, randomness: string): Room {
  if (room.seed !== null || room.beacon?.round !== round) return room;
  return { ...room, beacon: { ...room.beacon, randomness } };
}

function changed(room: Room, change: Change): CommandResult {
  const moves = change.opensAt !== undefined && change.opensAt !== room.settings.opensAt;
  if (moves && (room.phase !== "pre" || room.lotterySize !== null)) {
    return refused("the opening is past and cannot be moved");
  }
  if (nextPhase(room.phase, "flagged-again") === "refused") {
    return refused("the room is closed; a reset starts over");
  }
  return done({ ...room, settings: { ...room.settings, ...change } });
}

function moved(
  room: Room,
  change: "paused" | "resumed" | "closed",
  otherwise: string,
): CommandResult {
  const phase = nextPhase(room.phase, change);
  return phase === "refused" ? refused(otherwise) : done({ ...room, phase });
}

function done(room: Room): CommandResult {
  return { status: "done", room };
}

function refused(reason: string): CommandResult {
  return { status: "refused", reason };
}
