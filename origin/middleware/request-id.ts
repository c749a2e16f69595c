import { createMiddleware } from "hono/factory";
import { edgeHeaders } from "../../contracts/edge-signature.ts";
import type { AppEnv } from "../app-env.ts";

const wellFormed = /^[A-Za-z0-9._:-]{1,128}$/;

/** Keeps the request id that the edge gave, or makes one, and answers with it. */
export const requestId = createMiddleware<AppEnv>(async (ctx, next) => {
  const given = ctx.req.header(edgeHeaders.requestId);
  const id = given !== undefined && wellFormed.test(given) ? given : crypto.randomUUID();
  ctx.set("requestId", id);
  ctx.set("user", undefined);
  await next();
  ctx.res.headers.set("X-Request-Id", id);
});
