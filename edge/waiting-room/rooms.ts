import { SingleFlight } from "../cache/single-flight.ts";
import { listAge } from "./core/list-cache.ts";
import type { RegisteredRoom } from "./registry.ts";
import type { RoomEnv } from "./room-env.ts";
import { callObject, registryOf } from "./stub.ts";

/** While somebody looks, the others go by a list this old, in milliseconds. */
const meanwhileMs = 10_000;
const sharedKey = "https://cache.internal/v1/rooms";
const markKey = `${sharedKey}/mark`;
/** Whoever asks the registry is left alone with it for so long, in seconds. */
const markSeconds = 1;

/** Which events have a waiting room, as this isolate knows it. */
export interface Rooms {
  /** @returns the event's room; `undefined` when it has none; `unknown` when nobody could say */
  find(event: string): Promise<RegisteredRoom | undefined | "unknown">;
  /** The same, past all caches. */
  findNow(event: string): Promise<RegisteredRoom | undefined | "unknown">;
}

/**
 * An old list is better than none: rooms change rarely, and the origin looks again before it sells anything. A data
 * centre asks the registry about once in three seconds, however many people knock.
 */
export function createRooms(env: RoomEnv, now: () => number): Rooms {
  let list: readonly RegisteredRoom[] | undefined;
  let readAt = Number.NEGATIVE_INFINITY;
  let failedAt = Number.NEGATIVE_INFINITY;
  const looks = new SingleFlight<void>();
  const keep = (read: readonly RegisteredRoom[] | undefined) => {
    if (!read) {
      failedAt = now();
      return;
    }
    list = read;
    readAt = now();
  };
  const look = async () => {
    const shared = await readShared();
    if (shared) return keep(shared);
    const isForSomebodyElse = now() - readAt < meanwhileMs && (await isMarked());
    if (!isForSomebodyElse) keep(await readRegistry(env));
  };
  const pick = (event: string) => (list ? list.find((room) => room.event === event) : "unknown");
  return {
    async find(event) {
      const ageMs = now() - readAt;
      const isLooking = looks.since("rooms") !== undefined && ageMs < meanwhileMs;
      const isDead = list !== undefined && now() - failedAt < listAge.memoryMs; // nobody waits for it again at once
      if (ageMs >= listAge.memoryMs && !isLooking && !isDead) {
        await looks.run("rooms", now(), look);
      }
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
  return response?.json<RegisteredRoom[]>(); // written by `readRegistry` alone
}

async function isMarked(): Promise<boolean> {
  return (await caches.default.match(markKey).catch(() => undefined)) !== undefined;
}

async function readRegistry(env: RoomEnv): Promise<readonly RegisteredRoom[] | undefined> {
  await put(markKey, new Response(""), markSeconds);
  const called = await callObject(async () => await registryOf(env).list());
  if (called.status === "failed") return undefined;
  const rooms = [...called.value];
  await put(sharedKey, Response.json(rooms), listAge.sharedSeconds);
  return rooms;
}

async function put(key: string, response: Response, seconds: number): Promise<void> {
  response.headers.set("Cache-Control", `max-age=${seconds}`);
  await caches.default.put(key, response).catch(() => undefined);
}
