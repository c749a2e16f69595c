import type { QueueStatus } from "../../contracts/queue.ts";
import { decideRefresh, statusFreshMs } from "./core/status-cache.ts";
import type { RegisteredRoom } from "./registry.ts";
import type { RoomEnv } from "./room-env.ts";
import { callObject, shardStubOf } from "./stub.ts";

/** A copy of a room's status as it is served. Times are Unix milliseconds. */
export interface StatusCopy {
  readonly text: string;
  readonly at: number;
  readonly freshMs: number;
}

/** A copy and what it cost: `shard` and `refreshing` made one call to an object, at once or behind the poll's back. */
export interface StatusFound {
  readonly copy: StatusCopy;
  readonly from: "copy" | "refreshing" | "shard";
}

/** Copies older than this are not kept, in seconds; until then they are served when nothing newer is to be had. */
const keepSeconds = 300;
/** Whoever begins to refresh is left alone with it for so long, in seconds. */
const markSeconds = 1;
/** Without any copy one waits for somebody else's question so often, so long, in milliseconds. */
const waits = { times: 8, ms: 60 };

/**
 * The statuses that this isolate serves: from its memory, then from the data centre's cache, and rarely from a
 * shard. Never from the coordinator, and never one call a poll.
 */
export class StatusCopies {
  readonly #env: RoomEnv;
  readonly #now: () => number;
  readonly #random: () => number;
  readonly #copies = new Map<string, StatusCopy>();
  /** When this isolate last began to ask: known at once, where the data centre's mark takes a moment. */
  readonly #askedAt = new Map<string, number>();
  readonly #polls = new Map<string, { second: number; count: number; before: number }>();

  constructor(env: RoomEnv, now: () => number, random: () => number = Math.random) {
    this.#env = env;
    this.#now = now;
    this.#random = random;
  }

  /** @returns the status, or `undefined` when nobody knows it right now */
  async get(
    room: RegisteredRoom,
    waitUntil: (work: Promise<unknown>) => void,
  ): Promise<StatusFound | undefined> {
    const key = `https://cache.internal/v1/room/${room.event}/${room.generation}`;
    const pollsPerSecond = this.#count(key);
    const own = this.#copies.get(key);
    if (own && this.#now() - own.at < own.freshMs) return { copy: own, from: "copy" };
    const copy = await this.#readShared(key);
    if (!copy) return await this.#waitFor(key, room, undefined);
    const age = this.#now() - copy.at;
    const decision =
      age < copy.freshMs
        ? "serve"
        : decideRefresh({
            ageMs: age,
            freshMs: copy.freshMs,
            pollsPerSecond,
            marked: await this.#isMarked(key),
            random: this.#random(),
          });
    switch (decision) {
      case "serve":
        return { copy, from: "copy" };
      case "refresh":
        waitUntil(this.#refresh(key, room));
        return { copy, from: "refreshing" };
      case "wait":
        return (await this.#waitFor(key, room, copy)) ?? { copy, from: "copy" };
      default:
        return decision satisfies never;
    }
  }

  async #waitFor(
    key: string,
    room: RegisteredRoom,
    old: StatusCopy | undefined,
  ): Promise<StatusFound | undefined> {
    if (await this.#isMarked(key)) {
      for (let i = 0; i < waits.times; i++) {
        await new Promise((resolve) => setTimeout(resolve, waits.ms));
        const copy = await this.#readShared(key);
        if (copy && copy.at !== old?.at) return { copy, from: "copy" };
      }
    }
    const copy = await this.#refresh(key, room);
    return copy && { copy, from: "shard" };
  }

  /** Asks one of the shards, by chance. */
  async #refresh(key: string, room: RegisteredRoom): Promise<StatusCopy | undefined> {
    this.#askedAt.set(key, this.#now());
    await put(`${key}/mark`, "", markSeconds);
    const shard = Math.floor(this.#random() * room.shards);
    const identity = { ...identityOf(room), shard };
    const stub = shardStubOf(this.#env, identity);
    const called = await callObject(async () => await stub.status(identity));
    if (called.status === "failed" || called.value.status !== "known") return undefined;
    const document: QueueStatus = called.value.document;
    const copy = {
      text: JSON.stringify(document),
      at: this.#now(),
      freshMs: statusFreshMs(document, this.#now()),
    };
    this.#copies.set(key, copy);
    await put(key, JSON.stringify(copy), keepSeconds);
    return copy;
  }

  async #isMarked(key: string): Promise<boolean> {
    const isAsking = () =>
      this.#now() - (this.#askedAt.get(key) ?? Number.NEGATIVE_INFINITY) < markSeconds * 1000;
    if (isAsking()) return true;
    const mark = await caches.default.match(`${key}/mark`).catch(() => undefined);
    if (mark !== undefined || isAsking()) return true;
    return false;
  }

  async #readShared(key: string): Promise<StatusCopy | undefined> {
    const own = this.#copies.get(key);
    const response = await caches.default.match(key).catch(() => undefined);
    const shared = await response?.json<StatusCopy>(); // written by `#refresh` alone
    if (!shared || (own && own.at >= shared.at)) return own;
    this.#copies.set(key, shared);
    return shared;
  }

  /** Counts a poll. @returns polls a second that this isolate sees */
  #count(key: string): number {
    const second = Math.floor(this.#now() / 1000);
    const last = this.#polls.get(key) ?? { second, count: 0, before: 0 };
    const moved = second === last.second ? last : { second, count: 0, before: last.count };
    this.#polls.set(key, { ...moved, count: moved.count + 1 });
    return Math.max(1, moved.before, moved.count + 1);
  }
}

/** A shard's identity but for which of them it is. */
export function identityOf(room: RegisteredRoom) {
  return { event: room.event, generation: room.generation, shards: room.shards };
}

async function put(key: string, body: string, seconds: number): Promise<void> {
  const headers = { "Cache-Control": `max-age=${seconds}` };
  await caches.default.put(key, new Response(body, { headers })).catch(() => undefined);
}
