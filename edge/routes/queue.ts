import { type Context, Hono } from "hono";
import { signAdmissionPass } from "../../contracts/admission-pass.ts";
import { EventId } from "../../contracts/ids.ts";
import type { QueueAdmitted, QueueJoined } from "../../contracts/queue.ts";
import { signQueueTicket } from "../../contracts/queue-ticket.ts";
import type { AppEnv } from "../app-env.ts";
import { requireCaller } from "../middleware/authenticate.ts";
import { limitRate } from "../middleware/limit-rate.ts";
import type { Parts } from "../parts.ts";
import { EdgeProblem } from "../problem.ts";
import { claimPlace } from "../waiting-room/claim-place.ts";
import { joinRoom } from "../waiting-room/join-room.ts";
import { leaveRoom, tellOfEndedPass } from "../waiting-room/leave-room.ts";
import type { StatusFound } from "../waiting-room/status-copies.ts";
import { busy, noRoom } from "../waiting-room/refusals.ts";
import { suspects } from "../waiting-room/suspects.ts";

/** Browsers ask as the document says; caches in between may spare the edge one second's polls. */
const statusCaching = "public, max-age=1, stale-while-revalidate=10";

/** As RFC 9211 calls it; who counts `fwd` counts the calls to objects. */
const cacheStatus: Record<Exclude<StatusFound["from"], "nowhere">, string> = {
  copy: "hit",
  refreshing: "hit; fwd=stale",
  shard: "fwd=miss; stored",
};

/** The waiting room as people meet it. */
export function queueRoutes(parts: Parts): Hono<AppEnv> {
  const { waitingRoom, now } = parts;
  const reads = limitRate(parts, "LIMIT_READS");
  const writes = limitRate(parts, "LIMIT_WRITES");
  return new Hono<AppEnv>()
    .get("/events/:eventId/queue", reads, async (ctx) => {
      const found = await waitingRoom.copies.get(eventOf(ctx), (work) =>
        ctx.executionCtx.waitUntil(work),
      );
      if (found.from === "nowhere") throw found.because === "no-room" ? noRoom() : busy();
      const { copy, from } = found;
      ctx.header("Cache-Status", `frontrow-edge; ${cacheStatus[from]}`);
      ctx.header("Cache-Control", statusCaching);
      ctx.header("Age", String(Math.floor(Math.max(0, now() - copy.at) / 1000)));
      return ctx.body(copy.text, 200, { "Content-Type": "application/json" });
    })
    .post("/events/:eventId/queue", requireCaller, writes, async (ctx) => {
      const user = callerOf(ctx);
      const isSuspected = await suspects(parts.env, ctx.req.raw);
      const request = { event: eventOf(ctx), user, isSuspected };
      const { place, phase, created } = await joinRoom(waitingRoom, request);
      const ticket = { ...place, user };
      const queueTicket = await signQueueTicket(waitingRoom.ticketKeys, ticket, seconds(now));
      const joined: QueueJoined = { queueTicket, number: place.number, phase };
      return ctx.json(joined, created ? 201 : 200);
    })
    .post("/events/:eventId/queue/claim", requireCaller, writes, async (ctx) => {
      const user = callerOf(ctx);
      const claim = {
        event: eventOf(ctx),
        user,
        ticket: ctx.req.header("Queue-Ticket"),
        nowSeconds: seconds(now),
      };
      const admitted = await claimPlace(waitingRoom, claim);
      const expiresAt = Math.floor(admitted.expiresAt / 1000);
      const pass = { ...admitted, user, expiresAt };
      const answer: QueueAdmitted = {
        admissionPass: await signAdmissionPass(waitingRoom.passKeys, pass, seconds(now)),
        expiresAt: new Date(expiresAt * 1000).toISOString(),
      };
      return ctx.json(answer);
    })
    .delete("/events/:eventId/queue", requireCaller, writes, async (ctx) => {
      const caller = ctx.get("caller");
      if (!caller) throw new Error("requireCaller came before");
      const ended = await leaveRoom(parts, {
        event: eventOf(ctx),
        caller,
        ticket: ctx.req.header("Queue-Ticket"),
        pass: ctx.req.header("Admission-Pass"),
      });
      if (ended) {
        const told = await tellOfEndedPass(parts.origin, ended, ctx.get("requestId"));
        ctx.executionCtx.waitUntil(told.retry);
      }
      return ctx.body(null, 204);
    });
}

function eventOf(ctx: Context<AppEnv, "/events/:eventId/queue">): string {
  const id = EventId.safeParse(ctx.req.param("eventId"));
  if (!id.success) throw new EdgeProblem("not-found", "There is no such event.");
  return id.data;
}

function callerOf(ctx: Context<AppEnv>): string {
  const caller = ctx.get("caller");
  if (!caller) throw new Error("requireCaller came before");
  return caller.id;
}

function seconds(now: () => number): number {
  return Math.floor(now() / 1000);
}
