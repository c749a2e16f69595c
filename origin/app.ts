import { Hono } from "hono";
import { methodNotAllowed } from "hono/method-not-allowed";
import type { AppEnv } from "./app-env.ts";
import type { Deps } from "./deps.ts";
import { openBookings } from "./bookings/open-bookings.ts";
import { accessLog } from "./middleware/access-log.ts";
import { authenticate } from "./middleware/authenticate.ts";
import { limitBody } from "./middleware/limit-body.ts";
import { noStore } from "./middleware/no-store.ts";
import { nothingHere, toAnswer, wrongMethod } from "./middleware/problems.ts";
import { requestId } from "./middleware/request-id.ts";
import { openGate } from "./queue/gate.ts";
import { webhookRoutes } from "./routes/webhooks.ts";
import { verifyEdge } from "./middleware/verify-edge.ts";
import { watchDeadline } from "./middleware/watch-deadline.ts";
import { adminRoutes } from "./routes/admin.ts";
import { bookingRoutes } from "./routes/bookings.ts";
import { eventRoutes } from "./routes/events.ts";
import { planRoutes } from "./routes/plan.ts";
import { queueRoutes } from "./routes/queue.ts";
import { serviceRoutes } from "./routes/service.ts";
import { ticketRoutes } from "./routes/tickets.ts";

/**
 * The origin's HTTP surface. The order matters: who asks is settled before anything is looked at, and a request
 * that comes too late is refused before it costs anything.
 */
export function createApp(deps: Deps): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  app.onError(toAnswer(deps.logger));
  app.notFound(nothingHere);
  app.use(requestId, accessLog(deps.logger), noStore);
  app.use(methodNotAllowed({ app, onMethodNotAllowed: wrongMethod }));
  app.route("/", serviceRoutes(deps));
  app.use(limitBody, verifyEdge(deps), watchDeadline(deps), authenticate(deps));
  const bookings = openBookings(deps);
  const gate = openGate(deps);
  app.route("/", eventRoutes({ ...deps, gate, locks: bookings.locks }));
  app.route("/", planRoutes({ ...deps, gate }));
  app.route("/", queueRoutes(deps));
  app.route("/", adminRoutes(deps));
  app.route("/", ticketRoutes(deps));
  app.route("/", bookingRoutes({ ...bookings, gate }));
  app.route("/", webhookRoutes({ ...bookings, till: deps.till }));
  return app;
}
