import { Hono } from "hono";
import { BookingId, EventId } from "../../contracts/ids.ts";
import type { AppEnv } from "../app-env.ts";
import type { Deps } from "../deps.ts";
import { requireAdmin, requireUser } from "../middleware/authenticate.ts";
import { readCodes, readDoor } from "../tickets/read-codes.ts";
import { reissueTickets } from "../tickets/reissue-tickets.ts";
import { parseId } from "./parse.ts";

/** What is shown at the door, and what the door knows. */
export function ticketRoutes(deps: Deps): Hono<AppEnv> {
  return new Hono<AppEnv>()
    .get("/bookings/:bookingId/codes", async (ctx) => {
      const bookingId = parseId(BookingId, ctx.req.param("bookingId"), "booking");
      const caller = { userId: requireUser(ctx.get("user")).id, requestId: ctx.get("requestId") };
      return ctx.json(await readCodes(deps, { bookingId, caller }));
    })
    .post("/admin/bookings/:id/reissue", requireAdmin, async (ctx) => {
      const bookingId = parseId(BookingId, ctx.req.param("id"), "booking");
      const actor = { userId: requireUser(ctx.get("user")).id, requestId: ctx.get("requestId") };
      return ctx.json(await reissueTickets(deps, actor, { bookingId }));
    })
    .get("/admin/events/:id/door", requireAdmin, async (ctx) => {
      const eventId = parseId(EventId, ctx.req.param("id"), "event");
      return ctx.json(await readDoor(deps, { eventId }));
    });
}
