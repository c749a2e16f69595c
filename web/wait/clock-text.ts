/** Time left in minutes and seconds, "4:09", or with hours, "1:04:09". Never below zero. */
export function clockText(leftMs: number): string {
  const seconds = Math.max(0, Math.ceil(leftMs / 1000));
  const minutes = Math.floor(seconds / 60);
  const two = (value: number) => String(value).padStart(2, "0");
  return minutes < 60
    ? `${minutes}:${two(seconds % 60)}`
    : `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(seconds % 60)}`;
}

/**
 * Hours and minutes as the server writes them, too: English is for everybody, with 24 hours.
 * @param timeZone the reader's own when missing; one that the browser does not know is UTC, as it is on the server
 */
export function hourFormat(locale: string, timeZone?: string): Intl.DateTimeFormat {
  const style = { hour: "2-digit", minute: "2-digit" } as const;
  const language = locale === "en" ? "en-GB" : locale;
  const make = (zone?: string) =>
    new Intl.DateTimeFormat(language, zone === undefined ? style : { ...style, timeZone: zone });
  try {
    return make(timeZone);
  } catch {
    return make("UTC");
  }
}
