import type { RoomCoordinator } from "./coordinator.ts";
import type { RoomRegistry } from "./registry.ts";
import type { RoomEnv } from "./room-env.ts";
import type { RoomShard } from "./shard.ts";
import { sleep } from "./sleep.ts";

/** The only place that knows objects' names. */
export function coordinatorOf(env: RoomEnv, event: string): DurableObjectStub<RoomCoordinator> {
  return env.ROOM_COORDINATOR.get(env.ROOM_COORDINATOR.idFromName(`event/${event}`));
}

/** A generation has objects of its own: a reset leaves nothing of the old places behind. */
export function shardStubOf(
  env: RoomEnv,
  room: { readonly event: string; readonly generation: number; readonly shard: number },
): DurableObjectStub<RoomShard> {
  const name = `event/${room.event}/${room.generation}/${room.shard}`;
  return env.ROOM_SHARD.get(env.ROOM_SHARD.idFromName(name));
}

export function registryOf(env: RoomEnv): DurableObjectStub<RoomRegistry> {
  return env.ROOM_REGISTRY.get(env.ROOM_REGISTRY.idFromName("registry"));
}

export type Called<Value> =
  | { readonly status: "answered"; readonly value: Value }
  /** `overloaded`: come back later; trying again now would make it worse. */
  | { readonly status: "failed"; readonly overloaded: boolean };

const attemptsMax = 3;
/** Longer than any object takes that still works, in milliseconds. */
const answerMsMax = 4000;
/** Before the second attempt at most, in milliseconds; doubles, and is drawn at random below it. */
const backoffMs = 50;

/**
 * Calls an object whose method may safely run twice. Retries only what the runtime calls retryable, never an
 * overloaded object.
 */
export async function callObject<Value>(call: () => Promise<Value>): Promise<Called<Value>> {
  for (let attempt = 1; ; attempt++) {
    try {
      return { status: "answered", value: await inTime(call()) };
    } catch (error) {
      const { retryable, overloaded } = flagsOf(error);
      if (!retryable || overloaded || attempt === attemptsMax)
        return { status: "failed", overloaded };
      const waitMs = Math.random() * backoffMs * 2 ** (attempt - 1);
      await sleep(waitMs);
    }
  }
}

/** An object that never answers must not hold up those who wait for it. */
async function inTime<Value>(answer: Promise<Value>): Promise<Value> {
  let timer: ReturnType<typeof setTimeout> | null = null;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("no answer in time")), answerMsMax);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** What the runtime says of an error from an object; anything else that was thrown says nothing. */
function flagsOf(error: unknown): { retryable: boolean; overloaded: boolean } {
  const flags = error as { retryable?: unknown; overloaded?: unknown } | null;
  return { retryable: flags?.retryable === true, overloaded: flags?.overloaded === true };
}
