import type { QueueStatus } from "../../contracts/queue.ts";
import { listAge } from "../../edge/waiting-room/core/list-cache.ts";
import { decideRefresh, statusFreshMs } from "../../edge/waiting-room/core/status-cache.ts";

interface CacheSettings {
  readonly dataCentres: number;
  readonly isolatePollsPerSecond: number;
  readonly shardRoundTripMs: number;
  readonly markVisibleMs: number;
}

/** The copies of the status in all data centres, refreshed by the production rule. */
export class ModelCaches {
  readonly #settings: CacheSettings;
  readonly #fetchedAt: Float64Array;
  readonly #arrivesAt: Float64Array;
  readonly #polls: Uint32Array;
  readonly #pollsBefore: Uint32Array;
  #freshMs = 1000;

  constructor(settings: CacheSettings) {
    this.#settings = settings;
    this.#fetchedAt = new Float64Array(settings.dataCentres).fill(Number.NEGATIVE_INFINITY);
    this.#arrivesAt = new Float64Array(settings.dataCentres);
    this.#polls = new Uint32Array(settings.dataCentres);
    this.#pollsBefore = new Uint32Array(settings.dataCentres);
  }

  startSecond(status: QueueStatus, now: number): void {
    this.#freshMs = statusFreshMs(status, now);
    this.#pollsBefore.set(this.#polls);
    this.#polls.fill(0);
  }

  /** @returns whether this poll makes a call to a shard */
  poll(centre: number, now: number, random: number): boolean {
    this.#polls[centre] = (this.#polls[centre] ?? 0) + 1;
    const arrivesAt = this.#arrivesAt[centre] ?? 0;
    const { shardRoundTripMs, markVisibleMs, isolatePollsPerSecond } = this.#settings;
    if (arrivesAt > 0 && arrivesAt <= now) {
      this.#fetchedAt[centre] = arrivesAt;
      this.#arrivesAt[centre] = 0;
    }
    const underWay = (this.#arrivesAt[centre] ?? 0) > 0;
    const startedAt = (this.#arrivesAt[centre] ?? 0) - shardRoundTripMs;
    const decision = decideRefresh({
      ageMs: now - (this.#fetchedAt[centre] ?? 0),
      freshMs: this.#freshMs,
      pollsPerSecond: Math.min(isolatePollsPerSecond, this.#pollsBefore[centre] ?? 0),
      marked: underWay && now >= startedAt + markVisibleMs,
      random,
    });
    if (decision === "serve") return false;
    if (!underWay) this.#arrivesAt[centre] = now + shardRoundTripMs;
    return true;
  }
}

/** The lists of rooms in all data centres: whatever is no poll looks there first. */
export class ModelLists {
  readonly #markVisibleMs: number;
  readonly #readAt: Float64Array;

  constructor({ dataCentres, markVisibleMs }: CacheSettings) {
    this.#markVisibleMs = markVisibleMs;
    this.#readAt = new Float64Array(dataCentres).fill(Number.NEGATIVE_INFINITY);
  }

  /** @returns whether this request makes a call to the registry; so do those who come before its mark is seen */
  look(centre: number, now: number): boolean {
    const age = now - (this.#readAt[centre] ?? 0);
    if (age < this.#markVisibleMs) return true;
    if (age < listAge.sharedSeconds * 1000) return false;
    this.#readAt[centre] = now;
    return true;
  }
}
