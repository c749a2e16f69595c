import type { Redis } from "@upstash/redis";
import * as z from "zod";
import { DomainError } from "../errors.ts";
import { readScript, runScript, type Script } from "./script.ts";
import type { PlacedLocks, SeatGroup, TicketLocks } from "./ticket-locks.ts";

/** Locks outlast their holds a little: a lock that ends first would let others try what Postgres must then refuse. */
const graceMs = 1_000;
const retryAfterSeconds = 2;
const noSeat = "0";

const scripts = {
  place: readScript("place"),
  keep: readScript("keep"),
  release: readScript("release"),
  readHeld: readScript("read-held"),
};

const Ids = z.array(z.string());
const Placed = z.tuple([z.enum(["locked", "own", "limit", "taken"])], z.string());

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
    async place({ eventId, userId, bookingId, groups, keepsPairs, limit }) {
      const quantity = groups[0]?.ticketIds.length ?? 0;
      const header = [bookingId, holdMs + graceMs, limit, lifeMs, quantity, keepsPairs ? 1 : 0];
      const args = [...header.map(String), ...groups.flatMap(toArguments)];
      return toPlaced(await run(scripts.place, keysOf(eventId, userId), args));
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

function toArguments({ ticketIds, left, right }: SeatGroup): string[] {
  const seats = [left?.[0], left?.[1], ...ticketIds, right?.[0], right?.[1]];
  return seats.map((id) => id ?? noSeat);
}

/** @throws ZodError on an answer that place.lua cannot give */
function toPlaced(answer: unknown): PlacedLocks {
  const [status, ...rest] = Placed.parse(answer);
  switch (status) {
    case "limit":
      return { status: "limit-exceeded", has: Number(rest[0]) };
    case "locked":
    case "own":
    case "taken":
      return { status, ticketIds: rest };
    default:
      return status satisfies never;
  }
}

/** The client's messages quote the command, and with it the user: only the kind of failure goes on. */
function locksDown({ name }: Script, error: unknown): DomainError {
  const kind = error instanceof Error ? error.name : typeof error;
  return new DomainError(
    "service-unavailable",
    "Tickets cannot be held at the moment. Try again.",
    {
      retryAfterSeconds,
      cause: new Error(`the script ${name} failed: ${kind}`),
    },
  );
}
