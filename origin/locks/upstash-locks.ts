import type { Redis } from "@upstash/redis";
import * as z from "zod";
import { tryMsMax, keyKeysOf, knownMs } from "./key-registry.ts";
import { locksDown } from "./locks-down.ts";
import { readScript, runScript, type Script } from "./script.ts";
import type { PlacedLocks, SeatGroup, TicketLocks, TriedKey } from "./ticket-locks.ts";

/** Locks outlast their holds a little: a lock that ends first would let others try what Postgres must then refuse. */
const graceMs = 1_000;
const noSeat = "0";

const scripts = {
  place: readScript("place"),
  keep: readScript("keep"),
  release: readScript("release"),
  readHeld: readScript("read-held"),
};

const Ids = z.array(z.string());
const KeyUse = z.enum(["yes", "no", "unknown"]);
const Placed = z.union([
  z.tuple([z.enum(["locked", "own"])], z.string()),
  z.tuple([z.enum(["in-flight", "other-request"])]),
  z.tuple([z.enum(["limit", "taken"]), KeyUse], z.string()),
]);

/**
 * The lock registry in Redis, through Upstash's client: three keys an event, in one slot of a cluster.
 * @param options.holdMs how long a lock lasts
 * @param options.holdMsMax how long a hold can last with all its extensions: nothing in the registry outlives it by much
 */
export function createTicketLocks(
  redis: Redis,
  { holdMs, holdMsMax }: { readonly holdMs: number; readonly holdMsMax: number },
): TicketLocks {
  const lifeMs = String(holdMsMax + 60_000);
  const run = (script: Script, keys: string[], args: string[]) =>
    runScript(redis, script, keys, args).catch((error: unknown) => {
      throw locksDown(script, error);
    });
  return {
    async place({ eventId, userId, bookingId, groups, keepsPairs, limit, key }) {
      const quantity = groups[0]?.ticketIds.length ?? 0;
      const header = [bookingId, holdMs + graceMs, limit, lifeMs, quantity, keepsPairs ? 1 : 0];
      const args = [...header.map(String), ...ofKey(key), ...groups.flatMap(toArguments)];
      const keys = keysOf(eventId, userId);
      if (key) keys.push(...keyKeysOf(eventId, bookingId));
      return toPlaced(await run(scripts.place, keys, args));
    },
    async keep(eventId, tickets, userId) {
      if (tickets.length === 0) return;
      const triples = tickets.flatMap(({ ticketId, bookingId, lastsMs }) => [
        ticketId,
        bookingId,
        String(Math.min(Math.ceil(lastsMs), holdMsMax) + graceMs),
      ]);
      const args = [lifeMs, userId === undefined ? "0" : "1", ...triples];
      await run(scripts.keep, keysOf(eventId, userId ?? ""), args);
    },
    async release({ eventId, userId, bookingId }, ticketIds = []) {
      await run(scripts.release, keysOf(eventId, userId), [bookingId, ...ticketIds]);
    },
    async readHeldTickets(eventId) {
      return Ids.parse(await run(scripts.readHeld, keysOf(eventId, "").slice(0, 1), []));
    },
  };
}

/** The braces keep the keys of an event in one slot: a script may only touch one. */
function keysOf(eventId: string, userId: string): string[] {
  return [`{${eventId}}:locks`, `{${eventId}}:owners`, `{${eventId}}:user:${userId}`];
}

function ofKey(key: TriedKey | undefined): string[] {
  return key ? [key.hash, key.tryId, String(tryMsMax), String(knownMs)] : ["", "", "", ""];
}

function toArguments({ ticketIds, left, right }: SeatGroup): string[] {
  const seats = [left?.[0], left?.[1], ...ticketIds, right?.[0], right?.[1]];
  return seats.map((id) => id ?? noSeat);
}

/** @throws ZodError on an answer that place.lua cannot give */
function toPlaced(answer: unknown): PlacedLocks {
  const placed = Placed.parse(answer);
  switch (placed[0]) {
    case "in-flight":
    case "other-request":
      return { status: placed[0] };
    case "limit":
      return { status: "limit-exceeded", keyUse: placed[1], has: Number(placed[2]) };
    case "taken":
      return { status: "taken", keyUse: placed[1], ticketIds: placed.slice(2) };
    case "locked":
    case "own":
      return { status: placed[0], ticketIds: placed.slice(1) };
    default:
      return placed[0] satisfies never;
  }
}
