import type { Context } from "hono";
import type { AppEnv } from "../app-env.ts";
import type { Parts } from "../parts.ts";

/** What of the origin's answer a client gets to see, beside the body. */
const passedBack = [
  "content-type",
  "etag",
  "idempotency-replayed",
  "location",
  "retry-after",
  "www-authenticate",
  "warning",
];

/** Longest wait per kind of request, in milliseconds. Admin writes may make 60,000 tickets. */
const timeoutMs = { read: 5_000, write: 10_000, admin: 60_000 } as const;

/**
 * Hands the request to the origin and its answer to the client: never cached, never tried twice.
 * @throws `service-unavailable` when the origin does not answer
 */
export async function forwardToOrigin(
  parts: Parts,
  ctx: Context<AppEnv>,
  kind: keyof typeof timeoutMs,
): Promise<Response> {
  const { pathname, search } = new URL(ctx.req.url);
  const hasBody = ctx.req.method !== "GET" && ctx.req.method !== "HEAD";
  const response = await parts.origin({
    method: ctx.req.method,
    path: pathname + search,
    requestId: ctx.get("requestId"),
    timeoutMs: timeoutMs[kind],
    caller: ctx.get("caller"),
    headers: ctx.req.raw.headers,
    ...(hasBody ? { body: new Uint8Array(await ctx.req.arrayBuffer()) } : {}),
  });
  const headers = new Headers();
  for (const name of passedBack) {
    const value = response.headers.get(name);
    if (value !== null) headers.set(name, value);
  }
  return new Response(response.body, { status: response.status, headers });
}
