import type { Problem } from "../../contracts/problem.ts";
import { type CachedAnswer, makeAnswer } from "../cache/cached-answer.ts";
import type { CacheResult } from "../cache/edge-cache.ts";
import type { Lifetimes } from "../cache/policy.ts";
import type { Parts } from "../parts.ts";
import { EdgeProblem, unavailable } from "../problem.ts";

/** `facts`: the view without its tickets; `plan`: the tickets without their statuses. */
export type EventPart = "view" | "availability" | "facts" | "plan";

const dayMs = 24 * 3_600_000;

/**
 * Seats change by the second, and a sold one must show within two: so a copy is fresh for one second, may be served
 * once more while it is refreshed until two, and after that only if the origin fails.
 */
const lifetimes: Record<EventPart, Lifetimes> = {
  view: { freshMs: 1_000, refreshMs: 2_000, onErrorMs: dayMs },
  availability: { freshMs: 1_000, refreshMs: 1_500, onErrorMs: dayMs },
  facts: { freshMs: 2_000, refreshMs: 30_000, onErrorMs: dayMs },
  plan: { freshMs: 2_000, refreshMs: 30_000, onErrorMs: dayMs },
};

const paths: Record<EventPart, string> = {
  view: "",
  availability: "/availability",
  facts: "/facts",
  plan: "/plan",
};

/** Building the view of 60,000 seats takes the origin a good part of a second when it is cold. */
const timeoutMs = 5_000;

/**
 * The view or the availability of an event, from the caches or the origin.
 * @returns an answer of status 404 for an event that is not there
 * @throws `service-unavailable` when the origin fails and nothing was kept; `admission-required` for a queued event
 */
export function loadEventPart(
  parts: Parts,
  eventId: string,
  part: EventPart,
  context: { readonly requestId: string; readonly waitUntil: (work: Promise<unknown>) => void },
): Promise<CacheResult> {
  const { requestId, waitUntil } = context;
  return parts.cache.get({
    key: `https://cache.internal/v1/ev/${eventId}/${part}`,
    lifetimes: lifetimes[part],
    waitUntil,
    load: () => askOrigin(parts, `/events/${eventId}${paths[part]}`, requestId),
  });
}

async function askOrigin(parts: Parts, path: string, requestId: string): Promise<CachedAnswer> {
  const now = parts.now(); // before the question: the answer is at least this fresh
  const response = await parts.origin({ method: "GET", path, requestId, timeoutMs });
  if (response.status === 200 || response.status === 404) {
    const etag = response.headers.get("ETag") ?? undefined;
    const body = new Uint8Array(await response.arrayBuffer());
    return makeAnswer({ status: response.status, etag, body, now });
  }
  if (response.status === 403) {
    const { detail, queue } = await response.json<Problem>();
    throw new EdgeProblem("admission-required", detail, { queue });
  }
  await response.body?.cancel();
  throw unavailable("The event cannot be shown right now.");
}
