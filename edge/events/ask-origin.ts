import { type CachedAnswer, makeAnswer } from "../cache/cached-answer.ts";
import { toEncoding } from "../cache/compress.ts";
import type { OriginClient } from "../origin-client.ts";
import { unavailable } from "../problem.ts";

/** `facts`: the view without its tickets; `plan`: the tickets without their statuses. */
export type EventPart = "view" | "availability" | "facts" | "plan";

const paths: Record<EventPart, string> = {
  view: "",
  availability: "/availability",
  facts: "/facts",
  plan: "/plan",
};

/** Building the view of 60,000 seats takes the origin a good part of a second when it is cold. */
const timeoutMs = 5_000;

export interface PartQuestion {
  readonly eventId: string;
  readonly part: EventPart;
  /** A verified admission pass: everybody who has one sees the same, and it is kept apart from what others see. */
  readonly pass?: string | undefined;
  readonly requestId: string;
}

/** The key of an event's part in the caches. */
export function eventKey(eventId: string, part: EventPart, isAdmitted = false): string {
  return `https://cache.internal/v1/ev/${eventId}/${part}${isAdmitted ? "/admitted" : ""}`;
}

/** All keys under which something of this event is kept. */
export function eventKeys(eventId: string): string[] {
  return (Object.keys(paths) as EventPart[]).flatMap((part) => [
    eventKey(eventId, part),
    eventKey(eventId, part, true),
  ]);
}

/**
 * Asks the origin for a part of an event.
 * @param previous what is at hand: if it still holds, it comes back with a new time
 * @returns an answer of status 404 for an event that is not there, of status 403 for one behind a waiting room
 * @throws `service-unavailable` when the origin fails
 */
export async function askOrigin(
  { origin, now }: { readonly origin: OriginClient; readonly now: () => number },
  { eventId, part, pass, requestId }: PartQuestion,
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
