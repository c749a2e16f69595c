import { createHash } from "node:crypto";
import type { User } from "../app-env.ts";
import type { Deps } from "../deps.ts";
import { DomainError } from "../errors.ts";
import type { TicketLocks } from "../locks/ticket-locks.ts";
import { matches } from "./etag.ts";
import { readHead, type EventHead } from "./read-head.ts";
import { readHeldTickets } from "./held-tickets.ts";
import { readStatuses, readTickets } from "./ticket-rows.ts";

/** What views are made of: rows, and the locks that are laid over them. */
export interface ViewDeps extends Pick<Deps, "db"> {
  readonly locks: Pick<TicketLocks, "readHeldTickets">;
}

/** Who asks for which event, and what they have of it already. */
export interface EventRequest {
  readonly eventId: string;
  readonly user: User | undefined;
  /** The edge has verified an admission pass for this event and user. */
  readonly hasPass: boolean;
}

export type EventViewResult =
  /** The caller of this function has the body for this tag. */
  | { readonly status: "kept"; readonly etag: string; readonly isPublic: boolean }
  | { readonly status: "unchanged"; readonly etag: string; readonly isPublic: boolean }
  | {
      readonly status: "view";
      readonly etag: string;
      readonly isPublic: boolean;
      /** The text of the contract's `EventView`. */
      readonly json: string;
    };

/**
 * The contract's full view of an event. Its tag changes with everything that it shows; whoever has the current tag
 * costs one cheap query and no tickets.
 * @param has `wanted`: `If-None-Match` of the request; `kept`: tag of the body that is at hand
 * @throws DomainError `not-found`, also for a draft unless an administrator asks
 */
export async function viewEvent(
  deps: ViewDeps,
  { eventId, user, hasPass }: EventRequest,
  {
    wanted,
    kept,
  }: { readonly wanted?: string | undefined; readonly kept?: string | undefined } = {},
): Promise<EventViewResult> {
  const head = await findVisibleEvent(deps, eventId, user);
  const isPublic = head.event.status !== "draft";
  if (head.event.admission === "queue" && !hasPass) {
    const json = JSON.stringify({ ...head, queue: { required: true, join: joinUrl(eventId) } });
    const etag = toTag(head.event.version, json);
    return wanted !== undefined && matches(wanted, etag)
      ? { status: "unchanged", etag, isPublic }
      : { status: "view", etag, isPublic, json };
  }
  const held = await readHeldTickets(deps.locks, eventId);
  const known = held ?? new Set<string>();
  const headJson = JSON.stringify({ ...head, ...(held === undefined && { heldKnown: false }) });
  if (wanted !== undefined || kept !== undefined) {
    const etag = toTag(head.event.version, headJson, await readStatuses(deps.db, eventId, known));
    if (wanted !== undefined && matches(wanted, etag))
      return { status: "unchanged", etag, isPublic };
    if (kept === etag) return { status: "kept", etag, isPublic };
  }
  const { json, digits } = await readTickets(deps.db, eventId, known);
  const etag = toTag(head.event.version, headJson, digits);
  return { status: "view", etag, isPublic, json: `${headJson.slice(0, -1)},"tickets":${json}}` };
}

/**
 * An event that this user may see.
 * @throws DomainError `not-found`
 */
export async function findVisibleEvent(
  { db }: Pick<Deps, "db">,
  eventId: string,
  user: User | undefined,
): Promise<EventHead> {
  const head = await readHead(db, eventId);
  const mayBeSeen = head && (head.event.status !== "draft" || user?.roles.includes("admin"));
  if (!mayBeSeen) throw new DomainError("not-found", "There is no such event.");
  return head;
}

/** Where one joins the queue of an event. */
export function joinUrl(eventId: string): string {
  return `/events/${eventId}/queue`;
}

/** Weak, because bodies are compressed; begins with the version, which `If-Match` of a change to the event compares. */
export function toTag(version: number, ...shown: string[]): string {
  const hash = createHash("sha256");
  for (const text of shown) hash.update(text);
  return `W/"${version}-${hash.digest("base64url").slice(0, 22)}"`;
}
