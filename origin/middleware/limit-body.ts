import { bodyLimit } from "hono/body-limit";
import { createMiddleware } from "hono/factory";
import { bodyBytesMax } from "../../contracts/body-limits.ts";
import type { AppEnv } from "../app-env.ts";
import { DomainError } from "../errors.ts";

/**
 * Refuses larger bodies before they are read to their end. Reads have no body: looking for one costs time. Where the
 * length is said (Node holds the sender to it) nothing has to be counted, and the body stays out of a web stream.
 */
export const limitBody = createMiddleware<AppEnv>(async (ctx, next) => {
  if (ctx.req.method === "GET" || ctx.req.method === "HEAD") return next();
  const maxSize = bodyBytesMax(ctx.req.method, ctx.req.path);
  const length = ctx.req.header("Content-Length");
  const isCounted = length !== undefined && ctx.req.header("Transfer-Encoding") === undefined;
  if (isCounted && Number(length) <= maxSize) return next();
  return limitTo(maxSize)(ctx, next);
});

function limitTo(maxSize: number) {
  return bodyLimit({
    maxSize,
    onError: () => {
      throw new DomainError("payload-too-large", `The body must not exceed ${maxSize} bytes.`);
    },
  });
}
