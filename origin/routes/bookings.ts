import { Hono, type Context } from "hono";
import { ConfirmRequest, PageQuery, parseHoldRequest } from "../../contracts/bookings.ts";
import { BookingId, EventId } from "../../contracts/ids.ts";
import type { AppEnv } from "../app-env.ts";
import type { BookingDeps, Caller } from "../bookings/booking-deps.ts";
import { confirmHold } from "../bookings/confirm-hold.ts";
import { endBooking } from "../bookings/end-booking.ts";
import { extendHold } from "../bookings/extend-hold.ts";
import { listBookings } from "../bookings/list-bookings.ts";
import { placeHold } from "../bookings/place-hold.ts";
import { readBooking } from "../bookings/read-booking.ts";
import { readHistory } from "../bookings/read-history.ts";
import { idempotent, parseKey, replayedHeader } from "../idempotency/idempotent.ts";
import { requestHash } from "../idempotency/request-hash.ts";
import type { Gate } from "../queue/gate.ts";
import { requireUser } from "../middleware/authenticate.ts";
import { parseBody, parseId, parseQuery, readJson, valid } from "./parse.ts";

/** Placing holds on tickets, and what becomes of them. All of it needs a user, and shows only that user's bookings. */
export function bookingRoutes(deps: BookingDeps & { readonly gate: Gate }): Hono<AppEnv> {
  return new Hono<AppEnv>()
    .post("/bookings/:eventId", async (ctx) => {
      const caller = callerOf(ctx);
      const eventId = parseId(EventId, ctx.req.param("eventId"), "event");
      const key = parseKey(ctx.req.header("Idempotency-Key"));
      const request = valid(parseHoldRequest(await readJson(ctx)));
      const idempotency = key === undefined ? undefined : { key, requestHash: await hashOf(ctx) };
      const pass = ctx.req.header("Admission-Pass");
      await deps.gate.requireAdmission({ event: eventId, user: caller.userId, pass });
      const placed = await placeHold(deps, { eventId, caller, request, idempotency });
      ctx.header("Location", `/bookings/${placed.booking.id}`);
      if (placed.isReplay) ctx.header(replayedHeader, "true");
      return ctx.json(placed.booking, 201);
    })
    .get("/bookings", async (ctx) =>
      ctx.json(await listBookings(deps, { ...parseQuery(ctx, PageQuery), caller: callerOf(ctx) })),
    )
    .get("/bookings/:bookingId", async (ctx) => ctx.json(await readBooking(deps, bookingOf(ctx))))
    .get("/bookings/:bookingId/history", async (ctx) =>
      ctx.json(await readHistory(deps, bookingOf(ctx))),
    )
    .delete("/bookings/:bookingId", async (ctx) => {
      await endBooking(deps, bookingOf(ctx));
      return ctx.body(null, 204);
    })
    .post("/bookings/:bookingId/confirm", idempotent(deps), async (ctx) => {
      const hasBody = (await ctx.req.text()) !== "";
      const how = hasBody ? await parseBody(ctx, ConfirmRequest) : {};
      return ctx.json(await confirmHold(deps, { ...bookingOf(ctx), ...how }));
    })
    .post("/bookings/:bookingId/extend", idempotent(deps), async (ctx) =>
      ctx.json(await extendHold(deps, bookingOf(ctx))),
    );
}

function callerOf(ctx: Context<AppEnv>): Caller {
  return {
    userId: requireUser(ctx.get("user")).id,
    requestId: ctx.get("requestId"),
    isLate: ctx.get("isLate"),
  };
}

function bookingOf(ctx: Context<AppEnv, "/bookings/:bookingId">) {
  const caller = callerOf(ctx);
  return { bookingId: parseId(BookingId, ctx.req.param("bookingId"), "booking"), caller };
}

/** Hono keeps the text of the body: reading it again costs nothing. */
async function hashOf(ctx: Context): Promise<string> {
  return requestHash(ctx.req.method, ctx.req.path, await ctx.req.text());
}
