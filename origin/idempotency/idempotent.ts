import { createMiddleware } from "hono/factory";
import { IdempotencyKey } from "../../contracts/bookings.ts";
import { invalidFields } from "../../contracts/problem.ts";
import type { Db } from "../../db/client.ts";
import type { AppEnv } from "../app-env.ts";
import { DomainError } from "../errors.ts";
import { freeKey, holdKey, storeAnswer, type HeldKey } from "./key-row.ts";
import { readStoredAnswer, type StoredAnswer } from "./read-stored-answer.ts";
import { requestHash } from "./request-hash.ts";

export const replayedHeader = "Idempotency-Replayed";
const keptHeaders = ["Content-Type", "Location", "ETag"];

/**
 * Makes a write safe to repeat with the header `Idempotency-Key`: the first answer is given again for 24 hours. An
 * answer that another try may change (402, 409, 429, 5xx) is not kept. Requests without the header go straight on.
 */
export function idempotent({ db }: { readonly db: Db }) {
  return createMiddleware<AppEnv>(async (ctx, next) => {
    const key = parseKey(ctx.req.header("Idempotency-Key"));
    const user = ctx.get("user");
    if (key === undefined || !user) return next();
    const { pathname, search } = new URL(ctx.req.url);
    const hash = requestHash(ctx.req.method, pathname + search, await ctx.req.text());

    const held = await holdKey(db, user.id, key, hash);
    if (!held) {
      const stored = await readStoredAnswer(db, user.id, { key, requestHash: hash });
      ctx.res = toResponse(stored);
      return undefined;
    }
    await next();
    await settle(db, held, ctx.res);
    return undefined;
  });
}

/**
 * Checks the header.
 * @throws DomainError `validation-failed`
 */
export function parseKey(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  const parsed = IdempotencyKey.safeParse(header);
  if (parsed.success) return parsed.data;
  throw new DomainError("validation-failed", "The Idempotency-Key is not valid.", {
    extras: { errors: invalidFields(parsed.error, "headers.Idempotency-Key") },
  });
}

async function settle(db: Db, held: HeldKey, response: Response): Promise<void> {
  const { status } = response;
  if (status === 402 || status === 409 || status === 429 || status >= 500) return freeKey(db, held);
  const body = await response.clone().text();
  const headers = Object.fromEntries(
    keptHeaders.flatMap((name) => {
      const value = response.headers.get(name);
      return value === null ? [] : [[name, value]];
    }),
  );
  return storeAnswer(db, held, { httpStatus: status, body: body === "" ? null : body, headers });
}

function toResponse(stored: StoredAnswer): Response {
  switch (stored.status) {
    case "answered":
      return new Response(stored.body, {
        status: stored.httpStatus,
        headers: { ...stored.headers, [replayedHeader]: "true" },
      });
    case "other-request":
      throw new DomainError(
        "idempotency-key-reused",
        "This Idempotency-Key came with another request before.",
      );
    // It ended between our two looks; the caller's next try finds out how.
    case "none":
    case "in-flight":
      throw new DomainError(
        "idempotency-key-in-use",
        "The first request with this Idempotency-Key is still under way.",
        { retryAfterSeconds: 1 },
      );
    default:
      return stored satisfies never;
  }
}
