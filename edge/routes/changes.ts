import { Hono } from "hono";
import * as z from "zod";
import { type Change, ChangeBatch, changesPath } from "../../contracts/changes.ts";
import { SeatChanges } from "../../contracts/seat-changes.ts";
import type { AppEnv } from "../app-env.ts";
import { eventKeys } from "../events/ask-origin.ts";
import { verifySignature } from "../middleware/verify-signature.ts";
import type { Parts } from "../parts.ts";
import { EdgeProblem } from "../problem.ts";

/**
 * An import names a whole programme: waking an object for each of its events would make thousands that nobody needs.
 * Beyond so many they are left to their own lifetimes, a second.
 */
const objectsMax = 50;

/** Beginning of all keys. */
const everything = "https://cache.internal/v1/";

const Feed = z.discriminatedUnion("source", [SeatChanges, ChangeBatch]);

/**
 * What origin and indexer tell of changes. Each only says that a copy is old, never what is new: so a message may come
 * twice, late or out of order and does no harm, and one that never comes is made up for by the copies' own expiry, or
 * sooner by the next one: where the indexer's numbers have a gap, everything counts as changed.
 */
export function changeRoutes(parts: Parts): Hono<AppEnv> {
  return new Hono<AppEnv>().post(changesPath, verifySignature(parts), async (ctx) => {
    const feed = Feed.safeParse(await ctx.req.json().catch(() => undefined));
    if (!feed.success) throw new EdgeProblem("validation-failed", "These are no changes.");
    const { changes } = feed.data;
    if (feed.data.source === "indexer" && (await isGap(parts, feed.data))) {
      parts.cache.expireAll(everything);
    }
    const eventIds = [...new Set(changes.flatMap((it) => ("eventId" in it ? [it.eventId] : [])))];
    const isProgramme = feed.data.source === "indexer" && eventIds.length > objectsMax;
    // The objects first: what isolates read anew comes from them.
    await Promise.all(
      (isProgramme ? [] : eventIds).map((id) =>
        parts.eventObjects
          .view(id)
          .changed()
          .catch(() => {}),
      ),
    );
    for (const key of eventIds.flatMap(eventKeys)) parts.cache.expire(key);
    for (const it of changes) if ("kind" in it) expireWide(parts, it);
    return ctx.json({ events: eventIds.length });
  });
}

/** An object that cannot say is as good as a gap. */
async function isGap({ eventObjects }: Parts, { epoch, from, to }: ChangeBatch): Promise<boolean> {
  const order = await eventObjects
    .feed()
    .note({ epoch, from, to })
    .catch(() => "gap" as const);
  return order === "gap";
}

/** Nobody here knows which events a venue or performer has; they change rarely, and a renewal costs a 304. */
function expireWide({ cache }: Parts, change: Change): void {
  switch (change.kind) {
    case "event":
    case "seats":
      return;
    case "venue":
    case "performer":
    case "all":
      cache.expireAll(everything);
      return;
    case "search":
      cache.expireAll("https://cache.internal/v1/search?");
      return;
    default:
      change satisfies never;
  }
}
