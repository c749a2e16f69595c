import { createMiddleware } from "hono/factory";
import { bodyLimit } from "hono/body-limit";
import type { AppEnv } from "../app-env.ts";
import { changesPath } from "../../contracts/changes.ts";
import { EdgeProblem } from "../problem.ts";

const bytesMax = 64 * 1024;
/** A seating plan names every seat of a stadium. */
const planBytesMax = 8 * 1024 * 1024;
const planPath = /^\/admin\/venues\/[^/]+\/plan$/;

/** A batch of 500 messages about up to 8 seats each. */
const changesBytesMax = 1024 * 1024;

const limit = limitTo(bytesMax);
const limitPlan = limitTo(planBytesMax);
const limitChanges = limitTo(changesBytesMax);

/** Refuses large bodies before anything reads them. */
export const limitBody = createMiddleware<AppEnv>((ctx, next) => {
  const { method, path } = ctx.req;
  if (method === "PUT" && planPath.test(path)) return limitPlan(ctx, next);
  return path === changesPath ? limitChanges(ctx, next) : limit(ctx, next);
});

function limitTo(maxSize: number) {
  return bodyLimit({
    maxSize,
    onError: () => {
      throw new EdgeProblem("payload-too-large", `The body is larger than ${maxSize} bytes.`);
    },
  });
}
