import type { CachedAnswer } from "./cached-answer.ts";
import type { MemoryStore } from "./memory-store.ts";
import { type Age, judgeAge, type Lifetimes, planRequest } from "./policy.ts";
import type { SharedStore } from "./shared-store.ts";
import { SingleFlight } from "./single-flight.ts";

export interface CacheRequest {
  /** `https://cache.internal/v1/…` */
  readonly key: string;
  readonly lifetimes: Lifetimes;
  /** Asks the source. @throws when it fails: a stale copy is served then, if there is one */
  readonly load: () => Promise<CachedAnswer>;
  /** Keeps the isolate at work after the answer was sent. */
  readonly waitUntil: (work: Promise<unknown>) => void;
}

export interface CacheResult {
  readonly answer: CachedAnswer;
  readonly ageMs: number;
  /** `stale`: the source failed, and this is what there was. */
  readonly from: "memory" | "shared" | "source" | "stale";
}

/** A degraded answer is replaced as soon as the real one may be back. */
const degradedLifetimes: Lifetimes = { freshMs: 1_000, refreshMs: 2_000, onErrorMs: 60_000 };
/** That something is not there is remembered for a moment, so that invented ids do not reach the source. */
const absentLifetimes: Lifetimes = { freshMs: 2_000, refreshMs: 2_000, onErrorMs: 10_000 };

/** Failed keys that are remembered at most: the keys are callers' to invent. */
const failuresMax = 1_000;

/** Isolate memory, then the data centre's cache, then the source: one load per key and isolate at a time. */
export class EdgeCache {
  readonly #memory: MemoryStore;
  readonly #shared: SharedStore;
  readonly #now: () => number;
  readonly #loads = new SingleFlight<CachedAnswer>();
  readonly #lookups = new SingleFlight<CachedAnswer | undefined>();
  readonly #failedAt = new Map<string, number>();

  constructor(parts: { memory: MemoryStore; shared: SharedStore; now: () => number }) {
    this.#memory = parts.memory;
    this.#shared = parts.shared;
    this.#now = parts.now;
  }

  /** @throws what `load` throws, when it fails and there is no copy that may be served instead */
  async get(request: CacheRequest): Promise<CacheResult> {
    const { copy, from } = await this.#find(request);
    const age = copy && this.#judge(copy, request.lifetimes);
    const failedAt = this.#failedAt.get(request.key);
    const plan = planRequest(age, failedAt === undefined ? undefined : this.#now() - failedAt);
    if (!copy || plan === "load") return this.#result(await this.#load(request), "source");
    switch (plan) {
      case "serve":
        return this.#result(copy, age === "hard" ? "stale" : from);
      case "serve-and-refresh":
        request.waitUntil(this.#load(request).catch(() => {})); // the next visitor tries again
        return this.#result(copy, from);
      case "load-or-stale":
        return this.#load(request).then(
          (answer) => this.#result(answer, "source"),
          () => this.#result(copy, "stale"),
        );
      default:
        return plan satisfies never;
    }
  }

  async #find({ key, lifetimes }: CacheRequest) {
    const copy = this.#memory.get(key);
    if (copy && this.#judge(copy, lifetimes) === "fresh") return { copy, from: "memory" as const };
    const shared = await this.#lookups.run(key, () => this.#shared.get(key));
    if (!shared || (copy && copy.storedAtMs >= shared.storedAtMs))
      return { copy, from: "memory" as const };
    this.#memory.set(key, shared);
    return { copy: shared, from: "shared" as const };
  }

  /** The load outlives the request that began it: others may wait for it, and its caller may have gone. */
  #load(request: CacheRequest): Promise<CachedAnswer> {
    const { key, lifetimes } = request;
    const flight = this.#loads.run(key, async () => {
      try {
        const answer = await request.load();
        this.#failedAt.delete(key);
        this.#memory.set(key, answer);
        if (answer.status === 200 && !answer.degraded) {
          request.waitUntil(this.#shared.set(key, answer, lifetimes.onErrorMs));
        }
        return answer;
      } catch (error) {
        if (this.#failedAt.size >= failuresMax) this.#failedAt.clear();
        this.#failedAt.set(key, this.#now());
        throw error;
      }
    });
    request.waitUntil(flight.catch(() => {}));
    return flight;
  }

  #judge(copy: CachedAnswer, lifetimes: Lifetimes): Age {
    const applicable = copy.degraded
      ? degradedLifetimes
      : copy.status === 404
        ? absentLifetimes
        : lifetimes;
    return judgeAge(this.#now() - copy.storedAtMs, applicable);
  }

  #result(answer: CachedAnswer, from: CacheResult["from"]): CacheResult {
    return { answer, from, ageMs: Math.max(0, this.#now() - answer.storedAtMs) };
  }
}
