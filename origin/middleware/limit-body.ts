import { bodyLimit } from "hono/body-limit";
import { createMiddleware } from "hono/factory";
import type { AppEnv } from "../app-env.ts";
import { DomainError } from "../errors.ts";

const bodyBytesMax = 64 * 1024;
/** A seating plan names every seat of a stadium. */
const planBytesMax = 8 * 1024 * 1024;
const planPath = /^\/admin\/venues\/[^/]+\/plan$/;

const limit = limitTo(bodyBytesMax);
const limitPlan = limitTo(planBytesMax);

function limitTo(maxSize: number) {
  return bodyLimit({
    maxSize,
    onError: () => {
      throw new DomainError("payload-too-large", `The body must not exceed ${maxSize} bytes.`);
    },
  });
}

/**
 * Refuses larger bodies before they are read to their end. Reads have no body: looking for one costs time. Where the
 * length is said (Node holds the sender to it) nothing has to be counted, and the body stays out of a web stream.
 */
export const limitBody = createMiddleware<AppEnv>(async (ctx, next) => {
  if (ctx.req.method === "GET" || ctx.req.method === "HEAD") return next();
  const length = ctx.req.header("Content-Length");
  const isCounted = length !== undefined && ctx.req.header("Transfer-Encoding") === undefined;
  if (isCounted && Number(length) <= bodyBytesMax) return next();
  const isPlan = ctx.req.method === "PUT" && planPath.test(ctx.req.path);
  return isPlan ? limitPlan(ctx, next) : limit(ctx, next);
});
