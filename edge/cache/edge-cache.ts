import { HedgeBudget } from "../hedge-budget.ts";
import type { SetTimer } from "../one-timer.ts";
import { within } from "../within.ts";
import { type CachedAnswer, packed, type PackedAnswer } from "./cached-answer.ts";
import type { IsolateMemory } from "./isolate-memory.ts";
import { Moments } from "./moments.ts";
import { type Age, judgeAge, type Lifetimes, patienceLeftMs, planRequest } from "./policy.ts";
import type { SharedStore } from "./shared-store.ts";
import { SingleFlight } from "./single-flight.ts";

export interface CacheRequest {
  /** `https://cache.internal/v1/…` */
  readonly key: string;
  readonly lifetimes: Lifetimes;
  /** How long a request that has a stale copy waits for a load before it is given that. */
  readonly patienceMs: number;
  /**
   * Asks the source. @throws when it fails: a stale copy is served then, if there is one
   * @param previous what is at hand, to be confirmed: the very same with a new `storedAtMs` means that it is
   */
  readonly load: (previous: CachedAnswer | undefined) => Promise<CachedAnswer>;
  /**
   * The source is hardly slower than the shared cache, and most of what it is asked nobody asks again: so who has
   * nothing in memory asks the source alone, and the shared cache only when that fails or is silent for long; and an
   * answer is packed and shared when it is asked for a second time.
   */
  readonly eager?: boolean;
  /** Keeps the isolate at work after the answer was sent. */
  readonly waitUntil: (work: Promise<unknown>) => void;
  /** For all waits of this request; absent: each has its own. */
  readonly setTimer?: SetTimer;
}

export interface CacheResult {
  readonly answer: CachedAnswer;
  readonly ageMs: number;
  /** How long it stays fresh; negative once it is not. */
  readonly ttlMs: number;
  /** `stale`: the source failed or took too long, and this is what there was. */
  readonly from: "memory" | "shared" | "source" | "stale";
  /** Another request had asked the source already, and this one got the same answer. */
  readonly collapsed: boolean;
}

/** A degraded answer is replaced as soon as the real one may be back. */
const degradedLifetimes: Lifetimes = { freshMs: 1_000, refreshMs: 2_000, onErrorMs: 60_000 };
/** A definite no is remembered for a moment, so that invented ids do not reach the source. */
const refusalLifetimes: Lifetimes = { freshMs: 2_000, refreshMs: 2_000, onErrorMs: 10_000 };

/** How long an eager request leaves the source alone. */
const silentMs = 100;
/**
 * How many may look into the shared cache at a time because the source is slow: where there is much to do, a look for
 * everybody makes everything slower still.
 */
const impatientMax = 4;

/** Keys that are remembered at most for having failed. */
const failedMax = 1_000;
/** And for having expired: one batch of changes names up to 500 events, of each some ten keys. */
const expiredMax = 10_000;

/** Isolate memory, then the data centre's cache, then the source: one load per key and isolate at a time. */
export class EdgeCache {
  readonly #memory: IsolateMemory;
  readonly #shared: SharedStore;
  readonly #now: () => number;
  readonly #loads = new SingleFlight<CachedAnswer>();
  readonly #lookups = new SingleFlight<CachedAnswer | undefined>();
  readonly #failedAt = new Moments(failedMax);
  readonly #expiredAt = new Moments(expiredMax);
  readonly #impatient = new HedgeBudget(impatientMax);
  #expiredWide: readonly { readonly prefix: string; readonly at: number }[] = [];

  constructor(parts: { memory: IsolateMemory; shared: SharedStore; now: () => number }) {
    this.#memory = parts.memory;
    this.#shared = parts.shared;
    this.#now = parts.now;
  }

  /** What this isolate has at hand and need not ask anybody for: most reads of what many want end here. */
  peek(request: Pick<CacheRequest, "key" | "lifetimes" | "waitUntil">): CacheResult | undefined {
    const { key, lifetimes } = request;
    const copy = this.#memory.get(key);
    if (!copy) return undefined;
    const now = this.#now();
    if (!this.#isServed(key, copy, lifetimes, now)) return undefined;
    if (this.#memory.askedAgain(key)) request.waitUntil(this.#keep(request, copy));
    return this.#toResult(copy, lifetimes, "memory", false, now);
  }

  /** @throws what `load` throws, when it fails and there is no copy that may be served instead */
  async get(request: CacheRequest): Promise<CacheResult> {
    const { key, lifetimes } = request;
    const known = this.peek(request);
    if (known) return known;
    const isIdle = this.#memory.get(key) === undefined && this.#loads.since(key) === undefined;
    if (request.eager && isIdle) return this.#getEagerly(request);
    const { copy, from } = await this.#find(request);
    const age = copy && this.#judge(key, copy, lifetimes);
    const failedAt = this.#failedAt.get(key);
    const plan = planRequest(age, failedAt === undefined ? undefined : this.#now() - failedAt);
    const result = (answer: CachedAnswer, source: CacheResult["from"], collapsed = false) =>
      this.#toResult(answer, lifetimes, source, collapsed);
    const isWaiting = !copy || plan === "load";
    // What a slow load will bring is as old as the load: whoever has nothing to show may not join it for ever.
    const loadingMs = this.#now() - (this.#loads.since(key) ?? this.#now());
    if (isWaiting && loadingMs >= lifetimes.refreshMs) this.#loads.forget(key);
    const since = this.#loads.since(key);
    const collapsed = since !== undefined;
    if (isWaiting) {
      return result(await this.#load(request, copy), "source", collapsed);
    }
    const isRefreshing = plan === "serve-and-refresh" && age === "soft" && collapsed;
    if (plan === "serve" || isRefreshing) return result(copy, age === "hard" ? "stale" : from);
    const loading = this.#load(request, copy);
    const waitMs = patienceLeftMs(
      request.patienceMs,
      since === undefined ? 0 : this.#now() - since,
    );
    if (plan === "serve-and-refresh" || waitMs === 0) {
      return result(copy, age === "hard" ? "stale" : from);
    }
    const answer = await within(loading, waitMs, request.setTimer).catch(() => "failed" as const);
    return typeof answer === "string" ? result(copy, "stale") : result(answer, "source", collapsed);
  }

  /**
   * Something has changed: what was loaded before this moment is served from now on only if the source fails, and
   * that includes what is being loaded.
   */
  expire(key: string): void {
    this.#expiredAt.set(key, this.#now());
    this.#loads.forget(key);
  }

  /** The same for all keys that begin with `prefix`. */
  expireAll(prefix: string): void {
    const others = this.#expiredWide.filter((it) => it.prefix !== prefix);
    this.#expiredWide = [...others, { prefix, at: this.#now() }];
    this.#loads.forgetAll(prefix);
  }

  /** Nothing is at hand and nobody is loading: the source is asked, and the shared cache if it is of no use. */
  async #getEagerly(request: CacheRequest): Promise<CacheResult> {
    const { key, lifetimes, patienceMs, setTimer } = request;
    const loading = this.#load(request, undefined);
    const early = await within(loading, silentMs, setTimer).catch(() => "failed" as const);
    if (typeof early !== "string") return this.#toResult(early, lifetimes, "source");
    const look = () => this.#lookups.run(key, this.#now(), () => this.#lookUp(key, undefined));
    const lookup =
      early === "failed"
        ? look()
        : (this.#impatient.spend(look, this.#now()) ?? loading.then(() => undefined, look));
    const copy = await Promise.race([
      lookup,
      loading.then(
        () => undefined,
        () => lookup,
      ),
    ]);
    const age = copy && this.#judge(key, copy, lifetimes);
    if (!copy || age === "gone") return this.#toResult(await loading, lifetimes, "source");
    if (age === "fresh" || age === "soft") {
      if (!this.#memory.get(key)) this.#memory.keep(key, copy);
      return this.#toResult(copy, lifetimes, "shared");
    }
    const waitMs = patienceLeftMs(patienceMs, silentMs);
    const answer = await within(loading, waitMs, setTimer).catch(() => "failed" as const);
    return typeof answer === "string"
      ? this.#toResult(copy, lifetimes, "stale")
      : this.#toResult(answer, lifetimes, "source");
  }

  #toResult(
    answer: CachedAnswer,
    lifetimes: Lifetimes,
    source: CacheResult["from"],
    collapsed = false,
    now = this.#now(),
  ): CacheResult {
    const ageMs = Math.max(0, now - answer.storedAtMs);
    const own = lifetimesOf(answer, lifetimes);
    const ttlMs = own.freshMs - ageMs;
    // A source may itself have nothing better than an old copy.
    const isStale = judgeAge(ageMs, own) === "hard";
    return { answer, ageMs, ttlMs, from: isStale ? "stale" : source, collapsed };
  }

  async #find({ key }: CacheRequest) {
    const copy = this.#memory.get(key);
    const found = await this.#lookups.run(key, this.#now(), () => this.#lookUp(key, copy));
    // A load may have come back during the look-up: who missed it would begin another one.
    const latest = this.#memory.get(key) ?? copy;
    if (!found || (latest && latest.storedAtMs >= found.storedAtMs)) {
      return { copy: latest, from: "memory" as const };
    }
    this.#memory.keep(key, found);
    return { copy: found, from: "shared" as const };
  }

  /** While a new one is on its way, what may be served is served without looking any further. */
  #isServed(key: string, copy: CachedAnswer, lifetimes: Lifetimes, now: number): boolean {
    const age = this.#judge(key, copy, lifetimes, now);
    return age === "fresh" || (age === "soft" && this.#loads.since(key) !== undefined);
  }

  /** A shared cache that fails has nothing. */
  async #lookUp(key: string, copy: CachedAnswer | undefined): Promise<CachedAnswer | undefined> {
    return this.#lookUpNewer(key, copy).catch(() => undefined);
  }

  /** A copy that others have confirmed meanwhile is renewed without reading its body again. */
  async #lookUpNewer(
    key: string,
    copy: CachedAnswer | undefined,
  ): Promise<CachedAnswer | undefined> {
    if (!copy) return this.#shared.get(key);
    const mark = await this.#shared.mark(key);
    if (!mark || mark.storedAtMs <= copy.storedAtMs) return undefined;
    return mark.etag === copy.etag
      ? { ...copy, storedAtMs: mark.storedAtMs }
      : this.#shared.get(key);
  }

  /** The load outlives the request that began it: others may wait for it, and its caller may have gone. */
  #load(request: CacheRequest, copy: CachedAnswer | undefined): Promise<CachedAnswer> {
    const { key } = request;
    const previous = copy?.status === 200 && !copy.degraded ? copy : undefined;
    const flight = this.#loads.run(key, this.#now(), async () => {
      try {
        const answer = await request.load(previous);
        this.#failedAt.delete(key);
        if (request.eager && !copy) {
          this.#memory.keepOnce(key, answer);
        } else {
          this.#memory.keep(key, answer);
          request.waitUntil(this.#keep(request, answer, copy));
        }
        return answer;
      } catch (error) {
        // Only where there is a copy does it matter, and invented keys have none.
        if (copy) this.#failedAt.set(key, this.#now());
        throw error;
      }
    });
    request.waitUntil(flight.catch(() => {}));
    return flight;
  }

  /** Packs it and shares it. Nobody waits for that: whoever asked is answered with what there is. */
  async #keep(
    { key, lifetimes }: Pick<CacheRequest, "key" | "lifetimes">,
    answer: CachedAnswer,
    copy?: CachedAnswer,
  ): Promise<void> {
    const kept = answer.encoding === "identity" ? await this.#packLater(key, answer) : answer;
    await this.#share(key, kept, copy, lifetimes.onErrorMs);
  }

  async #packLater(key: string, answer: CachedAnswer): Promise<PackedAnswer> {
    await new Promise((resolve) => setTimeout(resolve, 0));
    const kept = await packed(answer);
    this.#memory.replace(key, answer, kept);
    return kept;
  }

  /** A refusal is shared only where it replaces something: invented ids would fill the cache. */
  async #share(
    key: string,
    answer: PackedAnswer,
    copy: CachedAnswer | undefined,
    keepMs: number,
  ): Promise<void> {
    if (answer.degraded || (answer.status !== 200 && !copy)) return;
    if (copy && copy.body === answer.body) await this.#shared.renew(key, answer, keepMs);
    else await this.#shared.set(key, answer, keepMs);
  }

  #judge(key: string, copy: CachedAnswer, lifetimes: Lifetimes, now = this.#now()): Age {
    const ageMs = now - copy.storedAtMs;
    const age = judgeAge(ageMs, lifetimesOf(copy, lifetimes));
    // What was forgotten counts as having changed: better asked once too often than shown too long.
    let expiredAt = this.#expiredAt.get(key) ?? this.#expiredAt.floor;
    for (const { prefix, at } of this.#expiredWide) {
      if (at > expiredAt && key.startsWith(prefix)) expiredAt = at;
    }
    const isOld = copy.storedAtMs <= expiredAt && ageMs >= (lifetimes.settleMs ?? 0);
    return isOld && age !== "gone" ? "hard" : age;
  }
}

function lifetimesOf(answer: CachedAnswer, lifetimes: Lifetimes): Lifetimes {
  if (answer.degraded) return degradedLifetimes;
  return answer.status === 200 ? lifetimes : refusalLifetimes;
}
