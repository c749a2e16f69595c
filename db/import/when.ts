import * as z from "zod";
import { addDays, instantOf, wallTimeAt, type WallTime } from "./zoned-time.ts";

/** A time as a source writes it: with its offset from UTC, with the venue's clocks in mind, or a whole day. */
export type When =
  | { readonly kind: "instant"; readonly instantMs: number; readonly offsetMs: number | undefined }
  | { readonly kind: "local"; readonly wall: WallTime }
  | { readonly kind: "day"; readonly wall: WallTime };

const hint = "must be a date or a time such as 2026-06-11T13:00:00-06:00";
const pattern =
  /^(\d{4})-(\d{2})-(\d{2})(?:[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?(Z|z|[+-]\d{2}(?::?\d{2})?)?)?$/;

export const When = z
  .string({ error: (issue) => (issue.input === undefined ? "is required" : hint) })
  .max(64, hint)
  .transform((text, ctx): When => {
    const when = parseWhen(text.trim());
    if (when) return when;
    ctx.issues.push({ code: "custom", message: hint, input: text });
    return z.NEVER;
  });

const durationPattern =
  /^P(?:(\d{1,4})W)?(?:(\d{1,4})D)?(?:T(?:(\d{1,5})H)?(?:(\d{1,6})M)?(?:(\d{1,8})(?:\.\d+)?S)?)?$/;

/** An ISO 8601 duration without years and months, whose length varies; in milliseconds. */
export const Duration = z
  .string("must be a duration such as PT2H30M")
  .max(40)
  .regex(durationPattern, "must be a duration such as PT2H30M")
  .transform((text) => {
    const [weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = (
      durationPattern.exec(text) ?? []
    )
      .slice(1)
      .map((part) => Number(part ?? 0));
    return (((weeks * 7 + days) * 24 + hours) * 60 + minutes) * 60_000 + seconds * 1000;
  });

function parseWhen(text: string): When | undefined {
  const match = pattern.exec(text);
  if (!match) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map((part) => Number(part ?? 0));
  const wall: WallTime = { year, month, day, hour, minute, second };
  // Of 30 February the calendar makes 2 March: what it changes was no date.
  const real = addDays(wall, 0);
  if (year === 0 || real.month !== month || real.day !== day) return undefined;
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  if (match[4] === undefined) return { kind: "day", wall };
  const zone = match[7];
  if (zone === undefined) return { kind: "local", wall };
  const offsetMs = parseOffset(zone);
  if (Math.abs(offsetMs) > 15 * 3_600_000) return undefined;
  // Z says when, not what the clocks there show.
  const written = /^z$/i.test(zone) ? undefined : offsetMs;
  return { kind: "instant", instantMs: instantOf(wall, "UTC") - offsetMs, offsetMs: written };
}

function parseOffset(zone: string): number {
  const [, sign, hours = "0", minutes = "0"] = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone) ?? [];
  const size = (Number(hours) * 60 + Number(minutes)) * 60_000;
  return sign === "-" ? -size : size;
}

/**
 * The moment that is meant, so many days later by the venue's clocks: a performance at eight stays at eight, also when
 * summer time lies between.
 * @param edge which end of the day a date alone means
 * @returns Unix milliseconds
 */
export function resolveWhen(
  when: When,
  timeZone: string,
  daysLater: number,
  edge: "begin" | "end" = "begin",
): number {
  if (when.kind === "instant") {
    if (daysLater === 0) return when.instantMs;
    return instantOf(addDays(wallTimeAt(when.instantMs, timeZone), daysLater), timeZone);
  }
  const days = daysLater + (when.kind === "day" && edge === "end" ? 1 : 0);
  return instantOf(addDays(when.wall, days), timeZone);
}
