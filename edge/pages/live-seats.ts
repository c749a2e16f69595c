import { toProblem } from "../../contracts/problem.ts";
import type { PageContext } from "./context.ts";
import { admissionOf } from "./cookies.ts";

/**
 * `/e/:id/seats/live`: live seats for somebody with a pass, which browsers cannot send as a header of a WebSocket.
 * A page of another site could open one with our cookies, were it not for `SameSite` and for this check.
 */
export async function liveSeats(c: PageContext): Promise<Response> {
  const { deps, requestId } = c.var;
  const eventId = c.req.param("id") ?? "";
  const admission = admissionOf(c, eventId);
  const isOurs = c.req.header("Origin") === deps.publicOrigin;
  if (!admission || !isOurs || c.req.header("Upgrade")?.toLowerCase() !== "websocket") {
    const problem = toProblem("forbidden", "Live seats are for our own pages.", requestId);
    return Response.json(problem, {
      status: problem.status,
      headers: { "Content-Type": "application/problem+json" },
    });
  }
  return deps.followSeats(eventId, admission, c.req.query("after"));
}
