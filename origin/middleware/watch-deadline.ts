import { createMiddleware } from "hono/factory";
import { edgeHeaders } from "../../contracts/edge-signature.ts";
import type { AppEnv } from "../app-env.ts";
import type { Deps } from "../deps.ts";
import { tooLate } from "../errors.ts";

const never = () => false;

/**
 * Turns the edge's deadline into the question that verbs ask between their steps. Work that nobody waits for any more
 * is not begun. No timer: one for each request costs more than looking at the clock when it matters.
 */
export function watchDeadline({ now }: Deps) {
  return createMiddleware<AppEnv>(async (ctx, next) => {
    const deadline = ctx.req.header(edgeHeaders.deadline);
    if (!deadline) {
      ctx.set("isLate", never);
      return next();
    }
    const untilMs = Number(deadline);
    const isLate = () => !(now() < untilMs);
    if (isLate()) throw tooLate();
    ctx.set("isLate", isLate);
    await next();
  });
}
