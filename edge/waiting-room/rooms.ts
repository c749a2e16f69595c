import type { RegisteredRoom } from "./registry.ts";
import type { RoomEnv } from "./room-env.ts";
import { callObject, registryOf } from "./stub.ts";

/** How old the list of rooms may be: in the isolate, and in the data centre's cache, in milliseconds. */
const memoryMs = 2000;
const sharedSeconds = 3;
const sharedKey = "https://cache.internal/v1/rooms";

/** Which events have a waiting room, as this isolate knows it. */
export interface Rooms {
  /** @returns the event's room; `undefined` when it has none; `unknown` when nobody could say */
  find(event: string): Promise<RegisteredRoom | undefined | "unknown">;
  /** The same, past all caches. */
  findNow(event: string): Promise<RegisteredRoom | undefined | "unknown">;
}

/** An old list is better than none: rooms change rarely, and the origin looks again before it sells anything. */
export function createRooms(env: RoomEnv, now: () => number): Rooms {
  let list: readonly RegisteredRoom[] | undefined;
  let readAt = Number.NEGATIVE_INFINITY;
  const keep = (read: readonly RegisteredRoom[] | undefined) => {
    if (!read) return;
    list = read;
    readAt = now();
  };
  const pick = (event: string) => (list ? list.find((room) => room.event === event) : "unknown");
  return {
    async find(event) {
      if (now() - readAt >= memoryMs) keep((await readShared()) ?? (await readRegistry(env)));
      return pick(event);
    },
    async findNow(event) {
      keep(await readRegistry(env));
      return pick(event);
    },
  };
}

async function readShared(): Promise<readonly RegisteredRoom[] | undefined> {
  const response = await caches.default.match(sharedKey).catch(() => undefined);
  return response?.json<RegisteredRoom[]>(); // written by the next function alone
}

async function readRegistry(env: RoomEnv): Promise<readonly RegisteredRoom[] | undefined> {
  const called = await callObject(async () => await registryOf(env).list());
  if (called.status === "failed") return undefined;
  const rooms = [...called.value];
  const headers = { "Cache-Control": `max-age=${sharedSeconds}` };
  await caches.default.put(sharedKey, Response.json(rooms, { headers })).catch(() => undefined);
  return rooms;
}
