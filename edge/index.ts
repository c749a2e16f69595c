import { createApp } from "./app.ts";
import { readEnv } from "./env.ts";
import { openParts } from "./parts.ts";

export { RoomCoordinator } from "./waiting-room/coordinator.ts";
export { RoomRegistry } from "./waiting-room/registry.ts";
export { RoomShard } from "./waiting-room/shard.ts";

/** Parts live as long as the isolate: its memory is the innermost cache, and keys are imported once. */
let app: Promise<ReturnType<typeof createApp>> | undefined;

export default {
  async fetch(request, bindings, ctx) {
    app ??= openParts(readEnv(bindings)).then(createApp);
    return (await app).fetch(request, bindings, ctx);
  },
} satisfies ExportedHandler<Record<string, unknown>>;
