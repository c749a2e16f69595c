import { createMiddleware } from "hono/factory";
import { bodyLimit } from "hono/body-limit";
import type { AppEnv } from "../app-env.ts";
import { EdgeProblem } from "../problem.ts";

const bytesMax = 64 * 1024;
/** A seating plan names every seat of a stadium. */
const planBytesMax = 8 * 1024 * 1024;
const planPath = /^\/admin\/venues\/[^/]+\/plan$/;

const limit = limitTo(bytesMax);
const limitPlan = limitTo(planBytesMax);

/** Refuses large bodies before anything reads them. */
export const limitBody = createMiddleware<AppEnv>((ctx, next) =>
  ctx.req.method === "PUT" && planPath.test(ctx.req.path) ? limitPlan(ctx, next) : limit(ctx, next),
);

function limitTo(maxSize: number) {
  return bodyLimit({
    maxSize,
    onError: () => {
      throw new EdgeProblem("payload-too-large", `The body is larger than ${maxSize} bytes.`);
    },
  });
}
