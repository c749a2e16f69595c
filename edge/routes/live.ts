import { type Context, Hono } from "hono";
import { EventId } from "../../contracts/ids.ts";
import type { AppEnv } from "../app-env.ts";
import type { Seen, Viewing } from "../events/event-objects.ts";
import { viewersMax } from "../events/seat-viewers.ts";
import { limitRate } from "../middleware/limit-rate.ts";
import type { Parts } from "../parts.ts";
import { EdgeProblem, unavailable } from "../problem.ts";
import { readEventPart, readPass } from "./events.ts";

/** Groups of viewers that an event may have. */
const groupsMax = 256;

/**
 * Live seats: a WebSocket that sends `{ seq, log, statuses }` first, then `{ seq, changes: [[index, bits]] }`. Who was
 * cut off comes back with `?after=SEQ&log=LOG` and gets the changes that it missed, while they are few.
 */
export function liveRoutes(parts: Parts): Hono<AppEnv> {
  /** The first group that may have room, as far as this isolate knows. */
  const roomIn = new Map<string, number>();
  return new Hono<AppEnv>().get(
    "/events/:eventId/live",
    limitRate(parts, "LIMIT_READS"),
    async (ctx) => {
      if (ctx.req.header("Upgrade")?.toLowerCase() !== "websocket") {
        const errors = [{ path: "Upgrade", message: "must be websocket" }];
        throw new EdgeProblem("validation-failed", "This is a WebSocket.", { errors });
      }
      const { eventId } = await readEventPart(parts, ctx, "availability"); // who may not see seats is refused
      return connect(parts, ctx, EventId.parse(eventId), roomIn);
    },
  );
}

async function connect(
  parts: Parts,
  ctx: Context<AppEnv>,
  eventId: string,
  roomIn: Map<string, number>,
): Promise<Response> {
  const seen = readSeen(ctx);
  const pass = await readPass(parts, ctx, eventId);
  for (let group = roomIn.get(eventId) ?? 0; group < groupsMax; group++) {
    const viewing: Viewing = { eventId, group, pass, seen };
    const headers = { Upgrade: "websocket", "x-viewing": JSON.stringify(viewing) };
    const request = new Request("https://viewers.internal/", { headers });
    const response = await parts.eventObjects.viewers(eventId, group).fetch(request);
    if (response.webSocket) {
      // Viewers leave: look at the first groups again now and then.
      roomIn.set(eventId, Math.random() < 1 / viewersMax ? 0 : group);
      return new Response(null, { status: 101, webSocket: response.webSocket });
    }
    if (roomIn.size > 1_000) roomIn.clear();
    roomIn.set(eventId, group + 1);
  }
  throw unavailable("There are too many live viewers; ask for availability instead.");
}

function readSeen(ctx: Context<AppEnv>): Seen | undefined {
  const seq = /^\d{1,15}$/.exec(ctx.req.query("after") ?? "")?.[0];
  const log = /^[0-9a-f]{8}$/.exec(ctx.req.query("log") ?? "")?.[0];
  return seq !== undefined && log !== undefined ? { seq: Number(seq), log } : undefined;
}
