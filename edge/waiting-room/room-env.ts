import type { RoomCoordinator } from "./coordinator.ts";
import type { RoomRegistry } from "./registry.ts";
import type { RoomShard } from "./shard.ts";

/** The bindings of the waiting room. */
export interface RoomEnv {
  readonly ROOM_COORDINATOR: DurableObjectNamespace<RoomCoordinator>;
  readonly ROOM_SHARD: DurableObjectNamespace<RoomShard>;
  readonly ROOM_REGISTRY: DurableObjectNamespace<RoomRegistry>;
  /** Base address of a drand chain, such as `https://api.drand.sh/<chain hash>`; absent: no beacon. */
  readonly BEACON_URL?: string | undefined;
}
