import { Problem } from "../../contracts/problem.ts";
import { type CachedAnswer, makeAnswer } from "../cache/cached-answer.ts";
import { toEncoding } from "../cache/compress.ts";
import type { CacheResult } from "../cache/edge-cache.ts";
import type { Lifetimes } from "../cache/policy.ts";
import type { Parts } from "../parts.ts";
import { unavailable } from "../problem.ts";

export type EventPart = "view" | "availability";

export interface EventPartRequest {
  readonly eventId: string;
  readonly part: EventPart;
  /** A verified admission pass: everybody who has one sees the same, and it is kept apart from what others see. */
  readonly pass?: string | undefined;
  readonly requestId: string;
  readonly waitUntil: (work: Promise<unknown>) => void;
}

/**
 * Seats change by the second, and a sold one must show within two: so a copy is fresh for one second, may be served
 * once more while it is refreshed until one and a half, and after that only if the origin fails.
 */
const lifetimes: Lifetimes = { freshMs: 1_000, refreshMs: 1_500, onErrorMs: 24 * 3_600_000 };

/** Whoever has a copy at hand does not wait longer for a new one. */
const patienceMs = 700;

const paths: Record<EventPart, string> = { view: "", availability: "/availability" };

/** Building the view of 60,000 seats takes the origin a good part of a second when it is cold. */
const timeoutMs = 5_000;

/** The key of an event's part in the caches. */
export function eventKey(eventId: string, part: EventPart, isAdmitted = false): string {
  return `https://cache.internal/v1/ev/${eventId}/${part}${isAdmitted ? "/admitted" : ""}`;
}

/**
 * The view or the availability of an event, from the caches or the origin.
 * @returns an answer of status 404 for an event that is not there, of status 403 for one behind a waiting room
 * @throws `service-unavailable` when the origin fails and nothing was kept
 */
export function loadEventPart(parts: Parts, request: EventPartRequest): Promise<CacheResult> {
  const { eventId, part, pass, waitUntil } = request;
  return parts.cache.get({
    key: eventKey(eventId, part, pass !== undefined),
    lifetimes,
    patienceMs,
    waitUntil,
    load: (previous) => askOrigin(parts, request, previous),
  });
}

/** The refusal that a cached answer of status 403 stands for. */
export function readRefusal(body: Uint8Array): Problem {
  return Problem.parse(JSON.parse(new TextDecoder().decode(body)));
}

async function askOrigin(
  { origin, now }: Parts,
  { eventId, part, pass, requestId }: EventPartRequest,
  previous: CachedAnswer | undefined,
): Promise<CachedAnswer> {
  const askedAt = now(); // before the question: the answer is at least this fresh
  const headers = new Headers();
  if (previous) headers.set("If-None-Match", previous.etag);
  if (pass !== undefined) headers.set("Admission-Pass", pass);
  const path = `/events/${eventId}${paths[part]}`;
  const request = { method: "GET", path, requestId, timeoutMs, headers, isCompressed: true };
  const response = await origin(request);
  const { status } = response;
  if (status === 304 && previous) return { ...previous, storedAtMs: askedAt };
  if (status === 200 || status === 404 || status === 403) {
    return makeAnswer({
      status,
      etag: response.headers.get("ETag") ?? undefined,
      encoding: toEncoding(response.headers.get("Content-Encoding")),
      body: new Uint8Array(await response.arrayBuffer()),
      now: askedAt,
    });
  }
  await response.body?.cancel();
  throw unavailable("The event cannot be shown right now.");
}
