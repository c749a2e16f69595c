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
  return pick<T[]>((value) => {
    if (!Array.isArray(value)) return schema.transform((one) => [one]);
    return z.array(schema).max(most, `must be at most ${most}`);
  })
    .optional()
    .transform((list): T[] => list ?? []);
}

/** A single value, or the first of a list; it must be there. */
export function oneOf<T>(schema: z.ZodType<T, unknown>): z.ZodType<T, unknown> {
  return pick<T>((value) => {
    if (!Array.isArray(value) || value.length === 0) return schema;
    return z.tuple([schema], z.unknown()).transform(([first]) => first);
  });
}

/** A single value, or the first of a list; absent stays absent. */
export function firstOf<T>(schema: z.ZodType<T, unknown>) {
  return pick<T | undefined>((value) =>
    Array.isArray(value) && value.length === 0
      ? z.unknown().transform(() => undefined)
      : oneOf(schema),
  ).optional();
}

/** A number, also as text, since both are common: `83000`, `"83000"`, `"19.3"`. */
export const numeric = pick<number>((value) =>
  typeof value === "string"
    ? z
        .string()
        .max(40)
        .regex(/^\s*[+-]?\d+(?:\.\d+)?\s*$/, "must be a number such as 25.00")
        .transform(Number)
    : z.number({ error: required("a number") }),
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
