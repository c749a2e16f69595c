import { Hono } from "hono";
import { methodNotAllowed } from "hono/method-not-allowed";
import type { AppEnv } from "./app-env.ts";
import { allowOrigins } from "./middleware/allow-origins.ts";
import { authenticate } from "./middleware/authenticate.ts";
import { defaultHeaders } from "./middleware/default-headers.ts";
import { limitBody } from "./middleware/limit-body.ts";
import { measure } from "./middleware/measure.ts";
import { nothingHere, toProblemResponse, wrongMethod } from "./middleware/problems.ts";
import { requestId } from "./middleware/request-id.ts";
import { openPages, routePages, wantsPage } from "./pages/mount.ts";
import type { Parts } from "./parts.ts";
import { adminRoutes } from "./routes/admin.ts";
import { bookingRoutes } from "./routes/bookings.ts";
import { changeRoutes } from "./routes/changes.ts";
import { eventRoutes } from "./routes/events.ts";
import { liveRoutes } from "./routes/live.ts";
import { queueControlRoutes } from "./routes/queue-control.ts";
import { queueRoutes } from "./routes/queue.ts";
import { serviceRoutes } from "./routes/service.ts";
import { webhookRoutes } from "./routes/webhooks.ts";

/** The public surface. Headers are settled outside of everything, so that problems carry them, too. */
export function createApp(parts: Parts): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  app.onError(toProblemResponse);
  const serve = openPages(parts, app);
  app.notFound((ctx) => (serve && wantsPage(ctx) ? serve(ctx) : nothingHere(ctx)));
  app.use(requestId, measure(parts), defaultHeaders, allowOrigins(parts.env.CORS_ORIGINS));
  app.use(methodNotAllowed({ app, onMethodNotAllowed: wrongMethod }));
  app.use(limitBody, routePages(parts, serve), authenticate(parts));
  app.route("/", serviceRoutes(parts));
  app.route("/", eventRoutes(parts));
  app.route("/", liveRoutes(parts));
  app.route("/", changeRoutes(parts));
  app.route("/", bookingRoutes(parts));
  app.route("/", queueRoutes(parts));
  app.route("/", queueControlRoutes(parts));
  app.route("/", adminRoutes(parts));
  app.route("/", webhookRoutes(parts));
  return app;
}
