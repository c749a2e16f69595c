import { createMiddleware } from "hono/factory";
import { edgeHeaders } from "../../contracts/edge-signature.ts";
import type { AppEnv } from "../app-env.ts";
import { traceOf } from "../trace.ts";

/** Ids that callers choose end up in logs: short and harmless ones only. */
const saneId = /^[A-Za-z0-9._-]{8,64}$/;

/** The id of a request: the one it came with, else that of its trace, else a new one. */
export function requestIdOf(headers: Headers): string {
  const given = headers.get(edgeHeaders.requestId);
  if (given !== null && saneId.test(given)) return given;
  return traceOf(headers.get("traceparent") ?? undefined) ?? crypto.randomUUID();
}

/** Every request has an id, that of its trace if it has one, and every answer says it. */
export const requestId = createMiddleware<AppEnv>(async (ctx, next) => {
  const id = requestIdOf(ctx.req.raw.headers);
  ctx.set("requestId", id);
  await next();
  ctx.res.headers.set("X-Request-Id", id);
});
