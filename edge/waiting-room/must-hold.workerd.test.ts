import { evictDurableObject, runDurableObjectAlarm as ringAlarm } from "cloudflare:test";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { positionOf } from "./core/place.ts";
import {
  disturbSyncs,
  type Fate,
  holdClock,
  kill,
  openRoom,
  opensAt,
  type RealRoom,
} from "./testing/real-room.ts";

/** The properties of the pure core once more, on real objects that die between any two steps. */
const maxActive = 4;
const shards = 3;
const people = 14;
const runs = 12;
/** A block of numbers lives for a second, and a shard knows of the opening within two, in milliseconds. */
const windowMs = 2000;

const person = fc.nat({ max: people - 1 });
const happening = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant("join" as const), person }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant("claim" as const), person }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("leave" as const), person }) },
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant("steps" as const), seconds: fc.constantFrom(1, 2, 8) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("ring" as const), person }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("evict" as const), person }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("kill" as const), person }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("kill-coordinator" as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("pause" as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("resume" as const) }) },
);
type Happening = typeof happening extends fc.Arbitrary<infer Value> ? Value : never;
const fates = fc.array(
  fc.constantFrom<Fate>("whole", "whole", "whole", "request-lost", "answer-lost", "twice"),
  { maxLength: 40 },
);

beforeEach(holdClock);
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

test("all that must hold holds on real objects, whatever dies, is lost or is repeated", async () => {
  const seen = { places: 0, passes: 0 };
  const story = fc.record({
    happenings: fc.array(happening, { minLength: 25, maxLength: 50 }),
    fates,
  });
  await fc.assert(
    fc.asyncProperty(story, async (it) => {
      holdClock();
      vi.setSystemTime(opensAt - 5000);
      const room = await openRoom({ maxActive, shards, passSeconds: 60, graceSeconds: 30 });
      const left = [...it.fates];
      const heal = disturbSyncs(() => left.shift() ?? "whole");
      try {
        const watch = new Watch(room);
        for (const next of it.happenings) await watch.play(next);
        seen.places += watch.places;
        seen.passes += watch.passes;
      } finally {
        heal();
      }
    }),
    { numRuns: runs },
  );
  expect(seen.places).toBeGreaterThan(runs); // the stories were about something
  expect(seen.passes).toBeGreaterThan(0);
}, 300_000);

/** Plays what happens, remembers what was answered, and compares. */
class Watch {
  readonly #room: RealRoom;
  /** Every number that anybody ever got, and whose it was. */
  readonly #given = new Map<number, string>();
  readonly #places = new Map<string, number>();
  /** Numbers in the order in which they were given after the opening. */
  readonly #late: { readonly number: number; readonly at: number }[] = [];
  readonly #passes = new Map<number, { expiresAt: number; ended: boolean }>();
  #serving = 0;
  #expiredBelow = 0;

  constructor(room: RealRoom) {
    this.#room = room;
  }

  get places(): number {
    return this.#given.size;
  }

  get passes(): number {
    return this.#passes.size;
  }

  async play(it: Happening): Promise<void> {
    vi.setSystemTime(Date.now() + 250);
    const user = "person" in it ? `user-${it.person}` : "";
    switch (it.do) {
      case "join":
        return await this.#join(user);
      case "claim":
        return await this.#claim(user);
      case "leave":
        return await this.#leave(user);
      case "ring":
        await ringAlarm(this.#shard(user));
        break;
      case "evict":
        await this.#shard(user).status(this.#room.identity(user));
        await evictDurableObject(this.#shard(user));
        break;
      case "kill":
        await kill(this.#shard(user));
        break;
      case "kill-coordinator":
        await kill(this.#room.coordinator);
        break;
      case "pause":
      case "resume":
        await this.#room.govern({ kind: it.do });
        break;
      case "steps":
        await this.#room.steps(it.seconds);
        break;
      default:
        it satisfies never;
    }
    await this.#look();
  }

  /** A number is given once, and a retried join returns the same one. */
  async #join(user: string): Promise<void> {
    const answer = await this.#room.tryJoin(user);
    if (answer.status !== "joined") {
      expect(answer.status).toBe("unavailable");
      return;
    }
    const { number } = answer;
    const place = this.#places.get(user);
    if (place === undefined) {
      expect(this.#given.get(number)).toBeUndefined();
      await this.#queueUp(number);
    } else expect(number).toBe(place);
    this.#given.set(number, user);
    this.#places.set(user, number);
    expect(await this.#room.tryJoin(user)).toMatchObject({ status: "joined", number });
  }

  /** After the opening nobody is drawn, and nobody overtakes somebody who came two seconds before. */
  async #queueUp(number: number): Promise<void> {
    const { lotterySize } = (await this.#room.figures()).status;
    const now = Date.now();
    if (lotterySize === undefined || now <= opensAt + windowMs) return;
    expect(number).toBeGreaterThanOrEqual(lotterySize);
    const before = this.#late.filter((it) => now - it.at > windowMs);
    expect(Math.max(-1, ...before.map((it) => it.number))).toBeLessThan(number);
    this.#late.push({ number, at: now });
  }

  /** One pass a number, never before its turn nor after its grace, and never beyond the bound. */
  async #claim(user: string): Promise<void> {
    const number = this.#places.get(user);
    if (number === undefined) return;
    await this.#look();
    const answer = await this.#room.claim(user, number);
    const pass = this.#passes.get(number);
    const { status } = await this.#room.figures();
    const position = positionOf(number, status);
    if (answer.status === "admitted") {
      if (pass) expect(answer.expiresAt).toBe(pass.expiresAt);
      expect(pass?.ended ?? false).toBe(false);
      expect(position).not.toBeNull();
      expect(position ?? 0).toBeLessThan(this.#serving);
      if (!pass) expect(position ?? 0).toBeGreaterThanOrEqual(this.#expiredBelow);
      this.#passes.set(number, { expiresAt: answer.expiresAt, ended: false });
    } else if (pass && !pass.ended && pass.expiresAt > Date.now()) {
      throw new Error(`a live pass of ${number} was answered with ${answer.status}`);
    }
    expect(this.#live()).toBeLessThanOrEqual(maxActive);
  }

  async #leave(user: string): Promise<void> {
    await this.#room.leave(user);
    const number = this.#places.get(user);
    this.#places.delete(user);
    const pass = number === undefined ? undefined : this.#passes.get(number);
    if (pass) pass.ended = true;
    if (number === undefined) return;
    expect(await this.#room.claim(user, number)).toEqual({ status: "expired" });
  }

  /** Serving and expiry never go back, and the coordinator never counts fewer active than there are. */
  async #look(): Promise<void> {
    const { status, active } = await this.#room.figures();
    expect(status.serving).toBeGreaterThanOrEqual(this.#serving);
    expect(status.expiredBelow).toBeGreaterThanOrEqual(this.#expiredBelow);
    expect(status.expiredBelow).toBeLessThanOrEqual(status.serving);
    expect(active).toBeLessThanOrEqual(maxActive);
    expect(active).toBeGreaterThanOrEqual(this.#live());
    this.#serving = status.serving;
    this.#expiredBelow = status.expiredBelow;
  }

  #live(): number {
    const now = Date.now();
    return [...this.#passes.values()].filter((it) => !it.ended && it.expiresAt > now).length;
  }

  #shard(user: string) {
    return this.#room.shard(user);
  }
}
