import { readEnv } from "./env.ts";
import { openParts } from "./parts.ts";
import { problemResponse, unavailable } from "./problem.ts";
import { createServe, type Serve } from "./serve.ts";

export { ChangeFeed } from "./events/change-feed.ts";
export { EventView } from "./events/event-view.ts";
export { SeatViewers } from "./events/seat-viewers.ts";
export { RoomCoordinator } from "./waiting-room/coordinator.ts";
export { RoomRegistry } from "./waiting-room/registry.ts";
export { RoomShard } from "./waiting-room/shard.ts";

const retryAfterSeconds = 30;

/** Parts live as long as the isolate: its memory is the innermost cache, and keys are imported once. */
let starting: Promise<Serve> | undefined;
let serve: Serve | undefined;

export default {
  fetch(request, bindings, ctx) {
    return serve ? serve(request, bindings, ctx) : startAndServe(request, bindings, ctx);
  },
} satisfies ExportedHandler<Record<string, unknown>>;

async function startAndServe(...asked: Parameters<Serve>): Promise<Response> {
  starting ??= start(asked[1]);
  try {
    serve = await starting;
  } catch (error) {
    starting = undefined; // variables may be put right without a new isolate
    return refuse(error);
  }
  return serve(...asked);
}

async function start(bindings: unknown): Promise<Serve> {
  return createServe(await openParts(readEnv(bindings)));
}

/** @param error names the variables that are missing or wrong, never their values */
function refuse(error: unknown): Response {
  const requestId = crypto.randomUUID();
  const message = error instanceof Error ? error.message : String(error);
  // oxlint-disable-next-line no-console -- how Workers log
  console.error(JSON.stringify({ level: "error", requestId, message }));
  const response = problemResponse(
    unavailable("The service is not set up correctly; it has been recorded.", retryAfterSeconds),
    requestId,
  );
  response.headers.set("X-Request-Id", requestId);
  return response;
}
