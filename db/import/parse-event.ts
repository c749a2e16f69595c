import { FactError, type EventFacts, type Issue, type PerformerFacts } from "./facts.ts";
import { typesOf } from "./nodes.ts";
import { offerFacts } from "./offer-facts.ts";
import { seatsMax } from "./seat-map.ts";
import { EventShape, type Participant } from "./shapes.ts";
import { boundedKey, nameKey } from "./text.ts";
import { venueFacts } from "./venue-facts.ts";
import { resolveWhen } from "./when.ts";

/** Seats of an event whose source does not say how many there are. */
const seatsDefault = 1_000;
/** Most seats without the option for all of them: a stadium is large and slow to look at while rehearsing. */
const seatsUsualMax = 2_000;
/** Length of an event whose source gives no end: two hours and a half, as concerts and matches last. */
const lengthDefaultMs = 2.5 * 3_600_000;

export interface ParseOptions {
  /** Days that all dates are moved by. */
  readonly daysLater: number;
  /** As many seats as the place has, instead of 2,000 at most. */
  readonly fullCapacity: boolean;
}

export type ParsedEvent =
  | { readonly ok: true; readonly facts: EventFacts }
  | { readonly ok: false; readonly issues: readonly Issue[] };

/** @returns whether a node says that it is an Event or one of its subtypes */
export function isEvent(node: unknown): boolean {
  return typesOf(node).some((type) => /(?:Event|Festival|EventSeries|Hackathon)$/.test(type));
}

/**
 * Makes an event of a schema.org node.
 * @param node as `plainNode` gives it
 */
export function parseEvent(node: unknown, options: ParseOptions): ParsedEvent {
  if (!isEvent(node)) {
    const message = `must be an Event, such as SportsEvent, not ${typesOf(node).join() || "untyped"}`;
    return { ok: false, issues: [{ path: ["@type"], message: message.slice(0, 200) }] };
  }
  const shape = EventShape.safeParse(node);
  if (!shape.success) return { ok: false, issues: shape.error.issues };
  try {
    return { ok: true, facts: eventFacts(shape.data, typesOf(node), options) };
  } catch (error) {
    if (error instanceof FactError) return { ok: false, issues: [error] };
    throw error;
  }
}

function eventFacts(
  shape: EventShape,
  types: readonly string[],
  { daysLater, fullCapacity }: ParseOptions,
): EventFacts {
  const venue = venueFacts(shape.location, shape.startDate);
  const { country, timeZone } = venue;
  const ownCapacity = shape.maximumPhysicalAttendeeCapacity ?? shape.maximumAttendeeCapacity;
  return {
    key: keyOf(shape),
    name: shape.name,
    description: shape.description ?? "",
    category: shape.sport ?? shape.genre ?? categoryOf(types),
    status: statusOf(shape.eventStatus),
    ...timesOf(shape, timeZone, daysLater),
    venue,
    performers: performersOf(shape),
    seats: seatsOf(ownCapacity ?? venue.capacity, fullCapacity, ownCapacity === undefined),
    ...offerFacts(shape.offers, { country, timeZone, daysLater }),
  };
}

/** Without any identifier, what no source changes lightly. */
function keyOf({ identifier, url, "@id": id, name, location, startDate }: EventShape): string {
  if (identifier) return boundedKey(`identifier:${identifier}`);
  if (url ?? id) return boundedKey(`url:${url ?? id}`);
  const start = startDate.kind === "instant" ? startDate.instantMs : startDate.wall;
  const facts = [nameKey(name), nameKey(location.name), start];
  return boundedKey(`facts:${JSON.stringify(facts)}`);
}

function seatsOf(capacity: number | undefined, full: boolean, ofVenue: boolean): number {
  if (capacity === undefined) return seatsDefault;
  if (!full) return Math.min(capacity, seatsUsualMax);
  if (capacity <= seatsMax) return capacity;
  const path = [...(ofVenue ? ["location"] : []), "maximumAttendeeCapacity"];
  throw new FactError(path, `must be at most ${seatsMax} to make a ticket for each seat`);
}

function timesOf(
  shape: EventShape,
  timeZone: string,
  daysLater: number,
): Pick<EventFacts, "startsAt" | "endsAt"> {
  const { startDate: start, endDate: end, doorTime: doors } = shape;
  const begins = resolveWhen(start.kind === "day" ? (doors ?? start) : start, timeZone, daysLater);
  const ends = end && resolveWhen(end, timeZone, daysLater, "end");
  if (ends !== undefined && ends < begins) {
    throw new FactError(["endDate"], "must not be before startDate");
  }
  const allDay = start.kind === "day" ? resolveWhen(start, timeZone, daysLater, "end") : undefined;
  const length = begins + (shape.duration || lengthDefaultMs);
  // Many sources repeat the start as the end when they do not know it.
  const known = ends === begins ? undefined : ends;
  return {
    startsAt: storable(begins, "startDate"),
    endsAt: storable(known ?? (shape.duration ? length : (allDay ?? length)), "endDate"),
  };
}

/** Beyond these years a date is a mistake, or `daysLater` is. */
function storable(instantMs: number, property: string): Date {
  const date = new Date(instantMs);
  const year = date.getUTCFullYear();
  if (year >= 1900 && year <= 2999) return date;
  throw new FactError([property], "must be in the years 1900 to 2999, after days were added");
}

function performersOf(shape: EventShape): PerformerFacts[] {
  const named = [...shape.performer, ...shape.competitor, ...shape.homeTeam, ...shape.awayTeam];
  // A festival or a play may name nobody: then who invites, or the event itself, is who people search for.
  const nobody: Participant = { name: shape.name, team: false, alternateName: [] };
  const list = named.length > 0 ? named : [shape.organizer[0] ?? nobody];
  const all = list.map(({ name, team, description, genre, alternateName }) => ({
    key: performerKey(name, team),
    name,
    description,
    genre: genre ?? (team ? shape.sport : undefined),
    alternateNames: alternateName,
  }));
  return all.filter((it, index) => all.findIndex(({ key }) => key === it.key) === index);
}

/** A team and an artist may share a name: Genesis plays, and Genesis plays. */
export function performerKey(name: string, team: boolean): string {
  return boundedKey(`${team ? "team" : "artist"}:${nameKey(name)}`);
}

/** "MusicEvent" → "Music"; an Event of no special kind has no category. */
function categoryOf(types: readonly string[]): string {
  const names = types.map((type) => type.replace(/Events?(?:Series)?$/, ""));
  const known = names.find((name) => name !== "");
  return (known ?? "").replaceAll(/(?<=[a-z])(?=[A-Z])/g, " ").slice(0, 100);
}

const statuses: Readonly<Record<string, EventFacts["status"]>> = {
  EventScheduled: "published",
  EventRescheduled: "published",
  EventMovedOnline: "published",
  // No date is known: nothing can be sold until there is one.
  EventPostponed: "draft",
  EventCancelled: "cancelled",
  EventCanceled: "cancelled",
};

function statusOf(given: readonly string[]): EventFacts["status"] {
  const found = given.map((text) => {
    const name = text.replace(/^.*[/:#]/, "");
    const status = Object.hasOwn(statuses, name) ? statuses[name] : undefined;
    if (status) return status;
    throw new FactError(["eventStatus"], "must be a status such as EventScheduled");
  });
  if (found.includes("cancelled")) return "cancelled";
  return found.includes("draft") ? "draft" : "published";
}
