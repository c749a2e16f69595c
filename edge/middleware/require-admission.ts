import { createMiddleware } from "hono/factory";
import type { AppEnv } from "../app-env.ts";
import type { Parts } from "../parts.ts";
import { EdgeProblem } from "../problem.ts";

/**
 * Lets only pass holders book what is behind a waiting room. The origin looks again: what the edge does not know yet,
 * or cannot find out, it lets through.
 */
export function requireAdmission({ waitingRoom, now }: Parts) {
  return createMiddleware<AppEnv, "/bookings/:eventId">(async (ctx, next) => {
    const event = ctx.req.param("eventId");
    const room = await waitingRoom.rooms.find(event);
    const caller = ctx.get("caller");
    const isQueued = room !== undefined && room !== "unknown" && room.failOpenUntil <= now();
    if (isQueued && caller) {
      const pass = ctx.req.header("Admission-Pass");
      if (pass === undefined || !(await waitingRoom.isAdmitted(event, pass, caller))) {
        throw admissionRequired(event);
      }
    }
    await next();
  });
}

function admissionRequired(event: string): EdgeProblem {
  return new EdgeProblem(
    "admission-required",
    "This event has a waiting room, and no valid admission pass came.",
    { queue: `/events/${event}/queue` },
  );
}
