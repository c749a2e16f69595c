/** A date and a time of day as a clock on the wall shows them, with no zone. */
export interface WallTime {
  readonly year: number;
  /** 1–12 */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/**
 * How far a zone's clocks are ahead of UTC.
 * @param instantMs Unix milliseconds
 * @param timeZone an IANA name
 * @returns milliseconds; negative in the west
 * @throws RangeError when the zone is unknown
 */
export function zoneOffsetMs(instantMs: number, timeZone: string): number {
  return utcMs(wallTimeAt(instantMs, timeZone)) - Math.floor(instantMs / 1000) * 1000;
}

/** What the clocks of a zone show at an instant (Unix milliseconds). */
export function wallTimeAt(instantMs: number, timeZone: string): WallTime {
  const parts = new Map<string, number>();
  for (const { type, value } of formatFor(timeZone).formatToParts(instantMs)) {
    parts.set(type, Number(value));
  }
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
  return {
    year: part("year"),
    month: part("month"),
    day: part("day"),
    hour: part("hour"),
    minute: part("minute"),
    second: part("second"),
  };
}

/**
 * The instant at which a zone's clocks show a wall time. In the hour that clocks skip, the instant that the same time
 * would have been without the jump; in the hour that comes twice, its first coming.
 * @returns Unix milliseconds
 */
export function instantOf(wall: WallTime, timeZone: string): number {
  const asUtc = utcMs(wall);
  const dayMs = 86_400_000;
  const before = asUtc - zoneOffsetMs(asUtc - dayMs, timeZone);
  const after = asUtc - zoneOffsetMs(asUtc + dayMs, timeZone);
  const fitting = [before, after].filter((it) => it + zoneOffsetMs(it, timeZone) === asUtc);
  return fitting.length > 0 ? Math.min(...fitting) : before;
}

/** The same time of day, so many days later. */
export function addDays(wall: WallTime, days: number): WallTime {
  const moved = new Date(utcMs({ ...wall, day: wall.day + days }));
  return {
    ...wall,
    year: moved.getUTCFullYear(),
    month: moved.getUTCMonth() + 1,
    day: moved.getUTCDate(),
  };
}

function utcMs(wall: WallTime): number {
  const date = new Date(0);
  // Not Date.UTC(): it takes the years 0 to 99 for 1900 to 1999.
  date.setUTCFullYear(wall.year, wall.month - 1, wall.day);
  date.setUTCHours(wall.hour, wall.minute, wall.second);
  return date.getTime();
}

function formatFor(timeZone: string): Intl.DateTimeFormat {
  let format = formats.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat("en-US", {
      timeZone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
    formats.set(timeZone, format);
  }
  return format;
}
