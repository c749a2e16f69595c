import { createMiddleware } from "hono/factory";
import { edgeHeaders } from "../../contracts/edge-signature.ts";
import type { AppEnv } from "../app-env.ts";
import type { Deps } from "../deps.ts";
import { DomainError } from "../errors.ts";

/** A timer's longest delay is 2^31 - 1 ms; no edge waits for minutes. */
const waitMsMax = 5 * 60_000;
const never = new AbortController().signal;

/**
 * Turns the edge's deadline into the signal that verbs look at between their steps. Work that nobody waits for any
 * more is not begun.
 */
export function watchDeadline({ now }: Deps) {
  return createMiddleware<AppEnv>(async (ctx, next) => {
    const deadline = ctx.req.header(edgeHeaders.deadline);
    if (!deadline) {
      ctx.set("deadline", never);
      return next();
    }
    const leftMs = Number(deadline) - now();
    if (!(leftMs > 0)) {
      throw new DomainError("service-unavailable", "The time for this request was over.", {
        retryAfterSeconds: 1,
      });
    }
    ctx.set("deadline", AbortSignal.timeout(Math.min(Math.ceil(leftMs), waitMsMax)));
    await next();
  });
}
