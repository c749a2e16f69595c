const daySeconds = 86_400;
/** Events of one programme are on a few hundred days. */
const daysMax = 2_000;
const dates = new Map<number, string>();

/**
 * The time as the views write it. The runtime's own `Date` takes as long for one of the sixty times of a search as all
 * the rest of its document: so each day's date is written once.
 * @param seconds Unix seconds, whole
 * @throws RangeError when no date is so far away
 */
export function toTime(seconds: number): string {
  const day = Math.floor(seconds / daySeconds);
  const rest = seconds - day * daySeconds;
  const time = `${two(rest / 3_600)}:${two((rest / 60) % 60)}:${two(rest % 60)}`;
  return `${dateOf(day)}T${time}.000Z`;
}

function dateOf(day: number): string {
  const known = dates.get(day);
  if (known !== undefined) return known;
  const [date = ""] = new Date(day * daySeconds * 1_000).toISOString().split("T");
  if (dates.size >= daysMax) dates.clear();
  dates.set(day, date);
  return date;
}

/** The whole part, with two digits. */
function two(number: number): string {
  const whole = Math.floor(number);
  return whole < 10 ? `0${whole}` : String(whole);
}
