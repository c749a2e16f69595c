import { de } from "./messages/de.ts";
import { en, type Messages } from "./messages/en.ts";
import { es } from "./messages/es.ts";

export const locales = ["en", "de", "es"] as const;
export type Locale = (typeof locales)[number];

const messages: Record<Locale, Messages> = { en, de, es };

export function messagesFor(locale: Locale): Messages {
  return messages[locale];
}

/** English has no prefix: `/e/1`, `/de/e/1`, `/es/e/1`. */
export function prefixOf(locale: Locale): string {
  return locale === "en" ? "" : `/${locale}`;
}

/** A path as it is in a language. @param path without a language, with a leading slash */
export function localPath(locale: Locale, path: string): string {
  const prefix = prefixOf(locale);
  return prefix !== "" && path === "/" ? prefix : prefix + path;
}
