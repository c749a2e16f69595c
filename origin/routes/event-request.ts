import type { Context } from "hono";
import { EventId } from "../../contracts/ids.ts";
import type { AppEnv } from "../app-env.ts";
import type { EventRequest } from "../catalogue/event-view.ts";
import type { Gate } from "../queue/gate.ts";
import { parseId } from "./parse.ts";

/**
 * Who asks for which event. The edge has checked whose pass it is; everybody who has one sees the same.
 * @throws DomainError `not-found` for what is no event id
 */
export async function toEventRequest(
  gate: Gate,
  ctx: Context<AppEnv, "/events/:eventId">,
): Promise<EventRequest> {
  const event = parseId(EventId, ctx.req.param("eventId"), "event");
  const user = ctx.get("user");
  const pass = ctx.req.header("Admission-Pass");
  return { eventId: event, user, hasPass: await gate.maySeeSeats({ event, user: user?.id, pass }) };
}
