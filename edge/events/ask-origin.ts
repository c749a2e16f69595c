import { type CachedAnswer, makeAnswer, packed } from "../cache/cached-answer.ts";
import { type Packing, toPacking } from "../cache/compress.ts";
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
  /** How the origin is to compress a view: what the client takes without anybody's work on the way. */
  readonly encoding: Packing;
  readonly requestId: string;
}

/** The key of an event's part in the caches. Availability is small, and compressed by the edge: one for all. */
export function eventKey({
  eventId,
  part,
  pass,
  encoding,
}: Pick<PartQuestion, "eventId" | "part" | "pass" | "encoding">): string {
  const variant = part === "view" ? `${part}/${encoding}` : part;
  return `https://cache.internal/v1/ev/${eventId}/${variant}${pass === undefined ? "" : "/admitted"}`;
}

/** All keys under which something of this event is kept. */
export function eventKeys(eventId: string): string[] {
  return ([undefined, "any"] as const).flatMap((pass) =>
    (Object.keys(paths) as EventPart[]).flatMap((part) => [
      eventKey({ eventId, part, pass, encoding: "br" }),
      eventKey({ eventId, part, pass, encoding: "gzip" }),
    ]),
  );
}

/**
 * Asks the origin for a part of an event.
 * @param previous what is at hand: if it still holds, it comes back with a new time
 * @returns an answer of status 404 for an event that is not there, of status 403 for one behind a waiting room
 * @throws `service-unavailable` when the origin fails
 */
export async function askOrigin(
  { origin, now }: { readonly origin: OriginClient; readonly now: () => number },
  { eventId, part, pass, encoding, requestId }: PartQuestion,
  previous: CachedAnswer | undefined,
): Promise<CachedAnswer> {
  const askedAt = now(); // before the question: the answer is at least this fresh
  const headers = new Headers();
  if (previous) headers.set("If-None-Match", previous.etag);
  if (pass !== undefined) headers.set("Admission-Pass", pass);
  const path = `/events/${eventId}${paths[part]}`;
  const request = { method: "GET", path, requestId, timeoutMs, headers, encoding };
  const response = await origin(request);
  const { status } = response;
  if (status === 304 && previous) return { ...previous, storedAtMs: askedAt };
  if (status === 200 || status === 404 || status === 403) {
    const answer = makeAnswer({
      status,
      etag: response.headers.get("ETag") ?? undefined,
      encoding: toPacking(response.headers.get("Content-Encoding")),
      body: new Uint8Array(await response.arrayBuffer()),
      now: askedAt,
    });
    return packed(answer); // many will want it
  }
  await response.body?.cancel();
  throw unavailable("The event cannot be shown right now.");
}
