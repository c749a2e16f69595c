export { RoomCoordinator } from "./waiting-room/coordinator.ts";
export { RoomRegistry } from "./waiting-room/registry.ts";
export { RoomShard } from "./waiting-room/shard.ts";

export default {
  fetch: () => new Response(null, { status: 404 }),
} satisfies ExportedHandler;
