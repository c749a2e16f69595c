import { afterEach, expect, test, vi } from "vitest";
import { RoomRegistry } from "./registry.ts";
import { createRooms } from "./rooms.ts";
import { registryOf } from "./stub.ts";
import { env } from "./testing/real-room.ts";

const event = "77001";
const room = { event, generation: 1, shards: 4, failOpenUntil: 0 };

afterEach(() => {
  vi.restoreAllMocks();
});

test("of many who ask at once, one looks into the registry", async () => {
  await registryOf(env).set(room);
  await forgetShared();
  const list = vi.spyOn(RoomRegistry.prototype, "list");
  const rooms = createRooms(env, () => Date.now());
  const found = await Promise.all(Array.from({ length: 200 }, () => rooms.find(event)));
  expect(found).toEqual(Array.from({ length: 200 }, () => room));
  expect(list).toHaveBeenCalledTimes(1);
});

test("a registry that is gone leaves the rooms as they were last known, and is not asked by everybody", async () => {
  let now = Date.now();
  const rooms = createRooms(env, () => now);
  await registryOf(env).set(room);
  expect(await rooms.findNow(event)).toEqual(room);
  await forgetShared();
  const list = vi.spyOn(RoomRegistry.prototype, "list").mockRejectedValue(new Error("injected"));
  for (let second = 0; second < 20; second++) {
    now += 1000;
    for (let i = 0; i < 10; i++) expect(await rooms.find(event)).toEqual(room);
  }
  expect(list.mock.calls.length).toBeGreaterThan(0);
  expect(list.mock.calls.length).toBeLessThan(12);
});

test("where nobody could ever say, nobody claims that there is no room", async () => {
  await forgetShared();
  vi.spyOn(RoomRegistry.prototype, "list").mockRejectedValue(new Error("injected"));
  expect(await createRooms(env, () => Date.now()).find(event)).toBe("unknown");
});

async function forgetShared(): Promise<void> {
  await caches.default.delete("https://cache.internal/v1/rooms");
  await caches.default.delete("https://cache.internal/v1/rooms/mark");
}
