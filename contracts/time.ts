import * as z from "zod";

/** RFC 3339 with an offset or `Z`, as callers may send it. */
export const Timestamp = z.iso
  .datetime({ offset: true, error: "must be an RFC 3339 time such as 2026-06-11T19:00:00Z" })
  .meta({ id: "Timestamp", example: "2026-06-11T19:00:00Z" });
export type Timestamp = z.infer<typeof Timestamp>;

export const TimeZone = z
  .string()
  .refine(isTimeZone, "must be an IANA time zone such as Europe/Berlin")
  .meta({ id: "TimeZone", example: "America/Mexico_City" });
export type TimeZone = z.infer<typeof TimeZone>;

function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false; // "+02:00" is an offset: it knows no summer time
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}
