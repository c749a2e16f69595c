/** The words of the page's language, with `{placeholders}`, as the server wrote them into the element. */
export type Words = Readonly<Record<string, string>>;

/** Reads `data-messages`. */
export function readWords(json: string | undefined): Words {
  const value: unknown = JSON.parse(json ?? "{}");
  const entries = typeof value === "object" && value !== null ? Object.entries(value) : [];
  return Object.fromEntries(entries.filter((entry) => typeof entry[1] === "string"));
}

/** Fills in placeholders. A word that is missing is empty, never "undefined". */
export function say(
  words: Words,
  key: string,
  values: Readonly<Record<string, string>> = {},
): string {
  return (words[key] ?? "").replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? "");
}

/** A word with a number in it, or the word for exactly one (`waitingOne` beside `waiting`). */
export function sayCount(words: Words, key: string, count: number, locale: string): string {
  if (count === 1) return say(words, `${key}One`);
  return say(words, key, { count: new Intl.NumberFormat(locale).format(count) });
}
