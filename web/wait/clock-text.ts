/** Time left in minutes and seconds: "4:09". Never below zero. */
export function clockText(leftMs: number): string {
  const seconds = Math.max(0, Math.ceil(leftMs / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** Hours and minutes as the server writes them, too: English is for everybody, with 24 hours. */
export function hourFormat(locale: string, timeZone?: string): Intl.DateTimeFormat {
  const style = { hour: "2-digit", minute: "2-digit" } as const;
  const language = locale === "en" ? "en-GB" : locale;
  return new Intl.DateTimeFormat(language, timeZone === undefined ? style : { ...style, timeZone });
}
