import type { QueueStatus } from "../../contracts/queue.ts";
import { decideRefresh, looksForNewer, statusFreshMs } from "./core/status-cache.ts";
import type { RegisteredRoom } from "./registry.ts";
import type { RoomEnv } from "./room-env.ts";
import type { Rooms } from "./rooms.ts";
import type { ShardIdentity } from "./shard-store.ts";
import { sleep } from "./sleep.ts";
import { callObject, shardStubOf } from "./stub.ts";

/** A copy of a room's status as it is served. Times are Unix milliseconds. */
export interface StatusCopy {
  readonly text: string;
  readonly at: number;
  readonly freshMs: number;
  /** Whose it is: whoever has a copy need not ask the registry. */
  readonly room: RoomIdentity;
  /** Closed: the registry says whether there is a new room. */
  readonly isOver: boolean;
}

type RoomIdentity = Omit<ShardIdentity, "shard">;

/** A copy and what it cost: `shard` and `refreshing` made one call to an object, at once or behind the poll's back. */
export type StatusFound =
  | { readonly from: "copy" | "refreshing" | "shard"; readonly copy: StatusCopy }
  /** The event has no room; or nobody knows right now. */
  | { readonly from: "nowhere"; readonly because: "no-room" | "unknown" };

/** Copies older than this are not kept, in seconds; until then they are served when nothing newer is to be had. */
const keepSeconds = 300;
/** Whoever begins to refresh is left alone with it for so long, in seconds. */
const markSeconds = 1;
/** Without a copy that may be served one waits for somebody else's question so often, so long, in milliseconds. */
const waits = { times: 25, ms: 60 };

/**
 * The statuses that this isolate serves: from its memory, then from the data centre's cache, and rarely from a
 * shard. Never from the coordinator, never from the registry while there is a copy, and never one call a poll.
 */
export class StatusCopies {
  readonly #env: RoomEnv;
  readonly #rooms: Rooms;
  readonly #now: () => number;
  readonly #random: () => number;
  readonly #copies = new Map<string, StatusCopy>();
  /** When this isolate last began to ask: known at once, where the data centre's mark takes a moment. */
  readonly #askedAt = new Map<string, number>();
  readonly #polls = new Map<string, { second: number; count: number; before: number }>();

  constructor(env: RoomEnv, rooms: Rooms, now: () => number, random: () => number = Math.random) {
    this.#env = env;
    this.#rooms = rooms;
    this.#now = now;
    this.#random = random;
  }

  /** Finds the status of an event's room. */
  async get(event: string, waitUntil: (work: Promise<unknown>) => void): Promise<StatusFound> {
    const key = `https://cache.internal/v2/room/${event}`;
    const own = this.#copies.get(key);
    const random = this.#random();
    if (own) {
      const pollsPerSecond = this.#count(key);
      const { at, freshMs } = own;
      if (!looksForNewer({ ageMs: this.#now() - at, freshMs, pollsPerSecond, random })) {
        return { copy: own, from: "copy" };
      }
    }
    const copy = await this.#readShared(key);
    if (!copy) return await this.#waitFor(key, event, undefined);
    const ageMs = this.#now() - copy.at;
    const { freshMs } = copy;
    const pollsPerSecond = own ? this.#pollsPerSecond(key) : this.#count(key);
    const decision =
      ageMs < freshMs
        ? "serve"
        : decideRefresh({
            ageMs,
            freshMs,
            pollsPerSecond,
            marked: await this.#isMarked(key),
            random,
          });
    switch (decision) {
      case "serve":
        return { copy, from: "copy" };
      case "refresh":
        waitUntil(this.#refresh(key, event, copy));
        return { copy, from: "refreshing" };
      case "wait": {
        const found = await this.#waitFor(key, event, copy);
        return found.from === "nowhere" && found.because === "unknown"
          ? { copy, from: "copy" }
          : found;
      }
      default:
        return decision satisfies never;
    }
  }

  async #waitFor(key: string, event: string, old: StatusCopy | undefined): Promise<StatusFound> {
    for (let i = 0; await this.#isMarked(key); i++) {
      // However many wait, and however long nobody answers: only one of them asks at a time.
      if (i === waits.times) {
        return old ? { copy: old, from: "copy" } : { from: "nowhere", because: "unknown" };
      }
      await sleep(waits.ms);
      const copy = await this.#readShared(key);
      if (copy && copy.at !== old?.at) return { copy, from: "copy" };
    }
    return await this.#refresh(key, event, old);
  }

  /** Asks one of the room's shards, by chance; and the registry where that leads nowhere. */
  async #refresh(key: string, event: string, old: StatusCopy | undefined): Promise<StatusFound> {
    if (old && !old.isOver) {
      const copy = await this.#ask(key, old.room);
      if (copy) return { copy, from: "shard" };
    }
    const room = old ? await this.#rooms.findNow(event) : await this.#rooms.find(event);
    if (room === "unknown") return { from: "nowhere", because: "unknown" };
    if (room === undefined) {
      this.#copies.delete(key);
      if (old) await caches.default.delete(key).catch(() => undefined);
      return { from: "nowhere", because: "no-room" };
    }
    const copy = await this.#ask(key, identityOf(room));
    return copy ? { copy, from: "shard" } : { from: "nowhere", because: "unknown" };
  }

  async #ask(key: string, room: RoomIdentity): Promise<StatusCopy | undefined> {
    this.#askedAt.set(key, this.#now());
    await put(`${key}/mark`, "", markSeconds);
    const identity = { ...room, shard: Math.floor(this.#random() * room.shards) };
    const stub = shardStubOf(this.#env, identity);
    const called = await callObject(async () => await stub.status(identity));
    if (called.status === "failed" || called.value.status !== "known") return undefined;
    const document: QueueStatus = called.value.document;
    const copy = {
      text: JSON.stringify(document),
      at: this.#now(),
      freshMs: statusFreshMs(document, this.#now()),
      room,
      isOver: document.phase === "closed",
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

  /** Counts a poll of a known room: events are anybody's to invent. @returns polls a second that this isolate sees */
  #count(key: string): number {
    const second = Math.floor(this.#now() / 1000);
    const last = this.#polls.get(key) ?? { second, count: 0, before: 0 };
    const moved = second === last.second ? last : { second, count: 0, before: last.count };
    this.#polls.set(key, { ...moved, count: moved.count + 1 });
    return this.#pollsPerSecond(key);
  }

  #pollsPerSecond(key: string): number {
    const { count = 0, before = 0 } = this.#polls.get(key) ?? {};
    return Math.max(1, before, count);
  }
}

/** A shard's identity but for which of them it is. */
export function identityOf(room: RegisteredRoom): RoomIdentity {
  return { event: room.event, generation: room.generation, shards: room.shards };
}

async function put(key: string, body: string, seconds: number): Promise<void> {
  const headers = { "Cache-Control": `max-age=${seconds}` };
  await caches.default.put(key, new Response(body, { headers })).catch(() => undefined);
}
