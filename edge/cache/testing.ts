import type { CachedAnswer } from "./cached-answer.ts";
import { EdgeCache } from "./edge-cache.ts";
import { IsolateMemory } from "./isolate-memory.ts";
import type { SharedStore, StoredMark } from "./shared-store.ts";

export const key = "https://cache.internal/v1/ev/1/view";
export const lifetimes = { freshMs: 1_000, refreshMs: 1_500, onErrorMs: 86_400_000 };

/** The value of an answer is its tag: a number that grows with each change. */
export function answerOf(
  value: number,
  storedAtMs: number,
  encoding: CachedAnswer["encoding"] = "gzip",
): CachedAnswer {
  const body = new Uint8Array([value]);
  const rest = {
    status: 200,
    contentType: "text/plain",
    encoding,
    degraded: false,
  } as const;
  return { ...rest, etag: `W/"${value}"`, body, storedAtMs };
}

class MapStore implements SharedStore {
  readonly #answers = new Map<string, CachedAnswer>();
  /** Look-ups wait for it. */
  gate: Promise<void> = Promise.resolve();
  lookUps = 0;
  sets = 0;
  isBroken = false;
  async mark(at: string): Promise<StoredMark | undefined> {
    if (this.isBroken) throw new Error("broken");
    return this.#answers.get(at);
  }
  async get(at: string): Promise<CachedAnswer | undefined> {
    const found = this.#answers.get(at);
    this.lookUps++;
    await this.gate;
    if (this.isBroken) throw new Error("broken");
    return found;
  }
  async set(at: string, answer: CachedAnswer): Promise<void> {
    this.#answers.set(at, answer);
    this.sets++;
  }
  async renew(at: string, mark: StoredMark): Promise<void> {
    const answer = this.#answers.get(at);
    if (answer) this.#answers.set(at, { ...answer, storedAtMs: mark.storedAtMs });
  }
}

/** A source whose answers are read at once and arrive when the test says so. */
export function createWorld() {
  let now = 1_000_000;
  let value = 1;
  let isDead = false;
  let isPlain = false;
  const arriving: (() => void)[] = [];
  const shared = new MapStore();
  const isolate = () => {
    const memory = new IsolateMemory({ keptMax: 1e6, onceMax: 1e6 });
    return new EdgeCache({ memory, shared, now: () => now });
  };
  let loads = 0;
  const load = (): Promise<CachedAnswer> => {
    loads++;
    const answer = answerOf(value, now, isPlain ? "identity" : "gzip");
    const fails = isDead;
    return new Promise((resolve, reject) => {
      arriving.push(() => (fails ? reject(new Error("dead")) : resolve(answer)));
    });
  };
  const get = async (cache: EdgeCache, eager = false, at = key) => {
    const request = { key: at, lifetimes, patienceMs: 700, load, eager, waitUntil: () => {} };
    const result = await cache.get(request);
    return { ...result, value: Number(result.answer.body[0] ?? 0) };
  };
  const arrive = async () => {
    for (const it of arriving.splice(0)) it();
    await settle();
  };
  return {
    isolate,
    shared,
    loads: () => loads,
    lookUps: () => shared.lookUps,
    get,
    arrive,
    /** Some isolate has asked, and shared it. */
    warm: async () => {
      const first = get(isolate());
      await settle();
      await arrive();
      await first;
    },
    change: () => ++value,
    die: () => (isDead = true),
    /** From now on the source leaves the packing to us. */
    answerPlainly: () => (isPlain = true),
    pass: (ms: number) => (now += ms),
    now: () => now,
    value: () => value,
  };
}

/** Lets everything that can happen without the source happen. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}
