import { createHash } from "node:crypto";
import * as z from "zod";

const required = (what: string) => (issue: { input?: unknown }) =>
  issue.input === undefined ? "is required" : `must be ${what}`;

/**
 * Text as a source may write it: surrounding blanks go, accents are composed (NFC), so that one word has one spelling.
 * What Postgres or a page could not show is refused rather than changed.
 * @param longest in characters
 */
export const text = (longest: number) =>
  z
    .string({ error: required("text") })
    // First of all: nothing below should work through megabytes.
    .max(longest * 4, { error: `must be at most ${longest} characters long`, abort: true })
    .refine((it) => it.isWellFormed(), "must be valid Unicode")
    .refine((it) => !controlCharacter.test(it), "must not contain control characters")
    .transform((it) => it.normalize("NFC").trim())
    .pipe(z.string().max(longest, `must be at most ${longest} characters long`));

/** One line of text that is not empty. */
export const nameText = text(200)
  .transform((it) => it.replaceAll(/\s+/g, " "))
  .pipe(z.string().min(1, "must not be empty"));

// Tab, line feed and carriage return may stand in descriptions.
// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const controlCharacter = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F]/;

/**
 * A schema chosen by looking at the value: where a union would say "invalid input", this keeps the path and the
 * message of the one schema that was meant.
 * @param choose gives one of a few schemas that exist already: to make one takes longer than to use it
 */
export function pick<T>(choose: (value: unknown) => z.ZodType<T>): z.ZodType<T, unknown> {
  return z.unknown().transform((value, ctx): T => {
    const result = choose(value).safeParse(value);
    if (result.success) return result.data;
    for (const { path, message } of result.error.issues) {
      ctx.issues.push({ code: "custom", path: [...path], message, input: value });
    }
    return z.NEVER;
  });
}

/** A list, or a single value in its place; absent is empty. */
export function manyOf<T>(schema: z.ZodType<T, unknown>, most: number) {
  const one = schema.transform((it) => [it]);
  const many = z.array(schema).max(most, `must be at most ${most}`);
  return pick<T[]>((value) => (Array.isArray(value) ? many : one))
    .optional()
    .transform((list): T[] => list ?? []);
}

/** A single value, or the first of a list; it must be there. */
export function oneOf<T>(schema: z.ZodType<T, unknown>): z.ZodType<T, unknown> {
  const first = z.tuple([schema], z.unknown()).transform(([it]) => it);
  return pick<T>((value) => (Array.isArray(value) && value.length > 0 ? first : schema));
}

/** A single value, or the first of a list; absent stays absent. */
export function firstOf<T>(schema: z.ZodType<T, unknown>) {
  const first = oneOf(schema);
  return pick<T | undefined>((value) =>
    Array.isArray(value) && value.length === 0 ? nothing : first,
  ).optional();
}

/** Takes anything and makes nothing of it. */
export const nothing = z.unknown().transform(() => undefined);

const numberText = z
  .string()
  .max(40)
  .regex(/^\s*[+-]?\d+(?:\.\d+)?\s*$/, "must be a number such as 25.00")
  .transform(Number);
const plainNumber = z.number({ error: required("a number") });

/** A number, also as text, since both are common: `83000`, `"83000"`, `"19.3"`. */
export const numeric = pick<number>((value) =>
  typeof value === "string" ? numberText : plainNumber,
);

/**
 * What two spellings of one name have in common: no case, no Latin accents, no extra blanks. Names identify venues and
 * performers across imports.
 */
export function nameKey(name: string): string {
  return name
    .normalize("NFKD")
    .replaceAll(/[\u0300-\u036F]/g, "")
    .normalize("NFKC")
    .toLowerCase()
    .replaceAll(/\s+/g, " ")
    .trim();
}

/** An index entry has its limit in bytes: a longer key is replaced by its hash. */
export function boundedKey(key: string): string {
  if (Buffer.byteLength(key) <= 500) return key;
  return `sha256:${createHash("sha256").update(key).digest("hex")}`;
}
