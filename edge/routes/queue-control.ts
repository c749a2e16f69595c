import { Hono } from "hono";
import { invalidFields } from "../../contracts/problem.ts";
import { QueueControl, queueControlPath } from "../../contracts/queue-control.ts";
import type { AppEnv } from "../app-env.ts";
import { verifyOrigin } from "../middleware/verify-origin.ts";
import type { Parts } from "../parts.ts";
import { EdgeProblem } from "../problem.ts";
import { busy } from "../waiting-room/refusals.ts";
import { controlRoom } from "../waiting-room/control-room.ts";

/** Where the origin, and nobody else, governs waiting rooms. */
export function queueControlRoutes(parts: Parts): Hono<AppEnv> {
  return new Hono<AppEnv>().post(queueControlPath, verifyOrigin(parts), async (ctx) => {
    const body: unknown = await ctx.req.json().catch(() => undefined);
    const control = QueueControl.safeParse(body);
    if (!control.success) {
      const errors = invalidFields(control.error);
      throw new EdgeProblem("validation-failed", "This is no word about a room.", { errors });
    }
    const answer = await controlRoom(parts.waitingRoom, control.data);
    if (answer === undefined) throw busy();
    return ctx.json(answer);
  });
}
