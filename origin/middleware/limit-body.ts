import { bodyLimit } from "hono/body-limit";
import { createMiddleware } from "hono/factory";
import type { AppEnv } from "../app-env.ts";
import { DomainError } from "../errors.ts";

const bodyBytesMax = 64 * 1024;

const limit = bodyLimit({
  maxSize: bodyBytesMax,
  onError: () => {
    throw new DomainError("payload-too-large", `The body must not exceed ${bodyBytesMax} bytes.`);
  },
});

/** Refuses larger bodies before they are read to their end. Reads have no body: looking for one costs time. */
export const limitBody = createMiddleware<AppEnv>(async (ctx, next) =>
  ctx.req.method === "GET" || ctx.req.method === "HEAD" ? next() : limit(ctx, next),
);
