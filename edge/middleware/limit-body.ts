import { bodyLimit } from "hono/body-limit";
import { createMiddleware } from "hono/factory";
import { bodyBytesMax } from "../../contracts/body-limits.ts";
import type { AppEnv } from "../app-env.ts";
import { EdgeProblem } from "../problem.ts";

/** Refuses large bodies before anything reads them. Reads have none: looking for one costs time. */
export const limitBody = createMiddleware<AppEnv>((ctx, next) => {
  const { method, path } = ctx.req;
  if (method === "GET" || method === "HEAD") return next();
  return limitTo(bodyBytesMax(method, path))(ctx, next);
});

function limitTo(maxSize: number) {
  return bodyLimit({
    maxSize,
    onError: () => {
      throw new EdgeProblem("payload-too-large", `The body is larger than ${maxSize} bytes.`);
    },
  });
}
