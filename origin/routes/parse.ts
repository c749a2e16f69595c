import type { Context } from "hono";
import type * as z from "zod";
import { invalidFields } from "../../contracts/problem.ts";
import { DomainError } from "../errors.ts";

/**
 * Reads a JSON body.
 * @throws DomainError `malformed-json`
 */
export async function readJson(ctx: Context): Promise<unknown> {
  const text = await ctx.req.text();
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (cause) {
    throw new DomainError("malformed-json", "The body is not valid JSON.", { cause });
  }
  // Only an escape can bring in what is no text.
  if (text.includes("\\u")) requireText(body, []);
  return body;
}

/**
 * Unwraps zod's result.
 * @param prefix where the value stood in the request, such as `query`; empty for the body
 * @throws DomainError `validation-failed` that names each field
 */
export function valid<T>(parsed: z.ZodSafeParseResult<T>, prefix = ""): T {
  if (parsed.success) return parsed.data;
  throw new DomainError("validation-failed", "Some fields are not valid.", {
    extras: { errors: invalidFields(parsed.error, prefix) },
  });
}

/** Reads a JSON body and checks it. */
export async function parseBody<Schema extends z.ZodType>(
  ctx: Context,
  schema: Schema,
): Promise<z.output<Schema>> {
  return valid(schema.safeParse(await readJson(ctx)));
}

/** Checks the query; unknown parameters are dropped by the schemas. */
export function parseQuery<Schema extends z.ZodType>(
  ctx: Context,
  schema: Schema,
): z.output<Schema> {
  const query = ctx.req.query();
  requireText(query, ["query"]);
  return valid(schema.safeParse(query), "query");
}

/**
 * Checks an id in the path. One that cannot be is like one that is not there.
 * @throws DomainError `not-found`
 */
export function parseId<Schema extends z.ZodType>(
  schema: Schema,
  id: string,
  what: string,
): z.output<Schema> {
  const parsed = schema.safeParse(id);
  if (!parsed.success) throw new DomainError("not-found", `There is no such ${what}.`);
  return parsed.data;
}

/**
 * Postgres stores neither NUL nor halves of surrogate pairs.
 * @throws DomainError `validation-failed`
 */
function requireText(value: unknown, path: readonly string[]): void {
  if (typeof value === "string" && (value.includes("\0") || !value.isWellFormed())) {
    throw new DomainError("validation-failed", "Some fields are not valid.", {
      extras: { errors: [{ path: path.join("."), message: "must be valid text without NUL" }] },
    });
  }
  if (typeof value !== "object" || value === null) return;
  for (const [key, item] of Object.entries(value)) {
    requireText(key, path);
    requireText(item, [...path, key]);
  }
}
