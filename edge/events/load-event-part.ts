import { Problem } from "../../contracts/problem.ts";
import type { CachedAnswer } from "../cache/cached-answer.ts";
import type { CacheResult } from "../cache/edge-cache.ts";
import type { Lifetimes } from "../cache/policy.ts";
import type { Parts } from "../parts.ts";
import { askOrigin, eventKey, type EventPart, type PartQuestion } from "./ask-origin.ts";

export interface EventPartRequest extends PartQuestion {
  readonly waitUntil: (work: Promise<unknown>) => void;
}

/**
 * Seats change by the second, and a sold one must show within two: so a copy is fresh for one second, may be served
 * once more while it is refreshed until one and a half, and after that only if the origin fails.
 */
const seatLifetimes: Lifetimes = { freshMs: 1_000, refreshMs: 1_500, onErrorMs: 24 * 3_600_000 };

/** Facts and plans change when somebody edits them, and the change feed says so at once. */
const factLifetimes: Lifetimes = { freshMs: 1_000, refreshMs: 30_000, onErrorMs: 24 * 3_600_000 };

export const partLifetimes: Readonly<Record<EventPart, Lifetimes>> = {
  view: seatLifetimes,
  availability: seatLifetimes,
  facts: factLifetimes,
  plan: factLifetimes,
};

/** Whoever has a copy at hand does not wait longer for a new one. */
const patienceMs = 700;

/**
 * The view or the availability of an event, from the caches or the origin. When there is nothing compressed as wanted
 * and the origin is dead, a copy that is compressed otherwise will do.
 * @returns an answer of status 404 for an event that is not there, of status 403 for one behind a waiting room
 * @throws `service-unavailable` when the origin fails and nothing was kept
 */
export async function loadEventPart(
  parts: Parts,
  { waitUntil, ...question }: EventPartRequest,
): Promise<CacheResult> {
  const common = { lifetimes: partLifetimes[question.part], patienceMs, waitUntil };
  try {
    const load = (previous: CachedAnswer | undefined) => loadPart(parts, question, previous);
    return await parts.cache.get({ ...common, key: eventKey(question), load });
  } catch (error) {
    const encoding = question.encoding === "br" ? "gzip" : "br";
    const load = () => Promise.reject(error);
    return parts.cache.get({ ...common, key: eventKey({ ...question, encoding }), load });
  }
}

/** The refusal that a cached answer of status 403 stands for. */
export function readRefusal(body: Uint8Array): Problem {
  return Problem.parse(JSON.parse(new TextDecoder().decode(body)));
}

const outcomes = { unchanged: "confirmed", found: "answered", unavailable: "failed" } as const;

/** A hot event has an object that asks the origin for the whole world; without it, every isolate asks for itself. */
async function loadPart(
  parts: Parts,
  question: PartQuestion,
  previous: CachedAnswer | undefined,
): Promise<CachedAnswer> {
  const askedAt = parts.now();
  // Only what was found before counts: invented ids would push out those of events that exist.
  const isHot = previous !== undefined && parts.hotEvents.note(question.eventId, askedAt);
  if (!isHot) return askOrigin(parts, question, previous);
  const found = await parts.eventObjects.read(question, previous.etag);
  const outcome = outcomes[found?.status ?? "unavailable"];
  const ms = parts.now() - askedAt;
  parts.figures.asked({ method: "GET", who: "event-object", outcome, status: 0, ms });
  switch (found?.status) {
    case "unchanged":
      return { ...previous, storedAtMs: askedAt - found.ageMs };
    case "found":
      return { ...found.answer, storedAtMs: askedAt - found.ageMs };
    default:
      return askOrigin(parts, question, previous);
  }
}
