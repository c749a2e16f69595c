import { createMiddleware } from "hono/factory";
import { edgeHeaders } from "../../contracts/edge-signature.ts";
import type { AppEnv } from "../app-env.ts";
import { traceOf } from "../trace.ts";

/** Ids that callers choose end up in logs: short and harmless ones only. */
const saneId = /^[A-Za-z0-9._-]{8,64}$/;

/** Every request has an id, that of its trace if it has one, and every answer says it. */
export const requestId = createMiddleware<AppEnv>(async (ctx, next) => {
  const given = ctx.req.header(edgeHeaders.requestId);
  const trace = traceOf(ctx.req.header("traceparent"));
  const id = given && saneId.test(given) ? given : (trace ?? crypto.randomUUID());
  ctx.set("requestId", id);
  await next();
  ctx.res.headers.set("X-Request-Id", id);
});
