import ical, { ICalCalendarMethod, ICalEventStatus } from "ical-generator";
import type { EventFacts } from "./deps.ts";

/**
 * An event as an iCalendar file (RFC 5545): times in UTC, so that every calendar shows them in its own zone, and a
 * stable UID with a rising SEQUENCE, so that importing it again moves the entry instead of doubling it.
 * @param entry.url the event's page; its host also makes the UID
 * @param entry.seats one line for each row of seats, or none
 * @param entry.now when the file is made, Unix milliseconds
 */
export function calendarFile(
  { event, venue }: EventFacts,
  entry: { readonly url: string; readonly seats: readonly string[]; readonly now: number },
): string {
  const calendar = ical({
    prodId: { company: "Frontrow", product: "Tickets", language: "EN" },
    method: ICalCalendarMethod.PUBLISH,
  });
  calendar.createEvent({
    id: `event-${event.id}@${new URL(entry.url).host}`,
    sequence: event.version,
    stamp: new Date(entry.now),
    start: new Date(event.startsAt),
    end: new Date(event.endsAt),
    summary: event.name,
    description: [...entry.seats, entry.url].join("\n"),
    location: `${venue.name}, ${venue.city}`,
    url: entry.url,
    status: event.status === "cancelled" ? ICalEventStatus.CANCELLED : ICalEventStatus.CONFIRMED,
  });
  return calendar.toString();
}
