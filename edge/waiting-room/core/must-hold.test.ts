import fc from "fast-check";
import { expect, test } from "vitest";
import { testOpensAt, TestRoom, testSettings } from "./testing.ts";

const fate = fc.constantFrom("whole", "whole", "request-lost", "answer-lost", "twice" as const);
const shard = fc.nat({ max: testSettings.shards - 1 });
const person = fc.nat({ max: 60 });

/** Anything that can happen to a room, in any order. */
const happening = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant("join" as const), person }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant("sync" as const), shard, fate }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("claim" as const), person }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("exit" as const), person }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("restart" as const), shard }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant("step" as const),
      ms: fc.constantFrom(100, 1000, 1000, 5000, 40_000),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("pause" as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("resume" as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("stock" as const),
      available: fc.nat(50),
      held: fc.nat(10),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("bound" as const),
      maxActive: fc.integer({ min: 1, max: 30 }),
    }),
  },
);
type Happening = typeof happening extends fc.Arbitrary<infer Value> ? Value : never;

function play(room: TestRoom, it: Happening): void {
  switch (it.do) {
    case "join":
      return room.join(it.person, `user-${it.person}`);
    case "claim":
      return void room.claim(it.person, `user-${it.person}`);
    case "exit":
      return room.exit(it.person, `user-${it.person}`);
    case "sync":
      return room.sync(it.shard, it.fate);
    case "restart":
      return room.restartShard(it.shard);
    case "step":
      return room.step(it.ms);
    case "pause":
      return room.govern({ kind: "pause" });
    case "resume":
      return room.govern({ kind: "resume" });
    case "stock":
      return room.stock(it.available, it.held);
    case "bound":
      return room.govern({ kind: "change", change: { maxActive: it.maxActive } });
    default:
      return it satisfies never;
  }
}

function always(check: (room: TestRoom, before: Seen) => void): void {
  fc.assert(
    fc.property(fc.array(happening, { minLength: 40, maxLength: 400 }), (happenings) => {
      const room = new TestRoom(testSettings, testOpensAt - 20_000);
      for (const it of happenings) {
        const before = seen(room);
        play(room, it);
        check(room, before);
      }
    }),
    { numRuns: 150 },
  );
}

interface Seen {
  readonly serving: number;
  readonly expiredBelow: number;
  readonly passes: ReadonlySet<number>;
  readonly active: number;
  readonly bound: number;
}

function seen(room: TestRoom): Seen {
  const { serving, expiredBelow } = room.room.controller;
  const passes = new Set(room.members.flatMap((member) => [...member.passes.keys()]));
  return {
    serving,
    expiredBelow,
    passes,
    active: room.active,
    bound: room.room.settings.maxActive,
  };
}

test("a number is given once, over shards, restarts, and lost or repeated calls", () => {
  always((room) => {
    const numbers = room.given.map((it) => it.number);
    expect(new Set(numbers).size).toBe(numbers.length);
    expect(numbers.every((number) => number < room.room.issued)).toBe(true);
  });
});

test("nobody has two places", () => {
  always((room) => {
    expect(new Set(room.given.map((it) => it.user)).size).toBe(room.given.length);
  });
});

test("serving and expiry never go back, and never pass what was issued", () => {
  always((room, before) => {
    const { serving, expiredBelow } = room.room.controller;
    expect(serving).toBeGreaterThanOrEqual(before.serving);
    expect(expiredBelow).toBeGreaterThanOrEqual(before.expiredBelow);
    expect(expiredBelow).toBeLessThanOrEqual(serving);
    expect(serving).toBeLessThanOrEqual(room.room.issued);
  });
});

test("no grant takes the active beyond the bound of the moment, and none goes uncounted", () => {
  always((room, before) => {
    const grew = room.active > before.active;
    expect(grew ? room.active : 0).toBeLessThanOrEqual(
      Math.max(room.coordinatorActive, before.bound),
    );
    expect(room.active).toBeLessThanOrEqual(30); // the highest bound that was ever set
  });
});

test("with a fixed bound, the active never exceed it", () => {
  fc.assert(
    fc.property(fc.array(happening, { minLength: 40, maxLength: 400 }), (happenings) => {
      const room = new TestRoom({ ...testSettings, maxActive: 5 }, testOpensAt - 20_000);
      for (const it of happenings) {
        if (it.do !== "bound") play(room, it);
        expect(room.active).toBeLessThanOrEqual(5);
      }
    }),
    { numRuns: 150 },
  );
});

test("every pass belongs to a position that was served", () => {
  always((room) => {
    const passes = room.members.flatMap((member) => [...member.passes.values()]);
    const unserved = passes.filter((it) => it.position >= room.room.controller.serving);
    expect(unserved).toEqual([]);
  });
});

test("nobody gets a pass once the grace is over", () => {
  always((room, before) => {
    const passes = room.members.flatMap((member) => [...member.passes]);
    const late = passes.filter(
      ([number, it]) => !before.passes.has(number) && it.position < before.expiredBelow,
    );
    expect(late).toEqual([]);
  });
});

test("who joins after the opening is never drawn by lot", () => {
  always((room) => {
    const size = room.room.lotterySize ?? 0;
    const openedAt = room.room.lotterySize === null ? Number.POSITIVE_INFINITY : testOpensAt;
    // A shard may hear of the opening two seconds late at most.
    const late = room.given.filter((it) => it.at > openedAt + 2000);
    expect(late.filter((it) => it.number < size)).toEqual([]);
  });
});

test("after the opening nobody is overtaken by somebody who joined more than two seconds later", () => {
  always((room) => {
    const size = room.room.lotterySize ?? Number.POSITIVE_INFINITY;
    const late = room.given.filter((it) => it.number >= size);
    const overtaken = late.filter((first, i) =>
      late.slice(i + 1).some((it) => it.at - first.at > 2000 && it.number < first.number),
    );
    expect(overtaken).toEqual([]);
  });
});

test("a room left to itself lets everybody in, and no more than its bound at a time", () => {
  const room = new TestRoom({ ...testSettings, maxActive: 5 }, testOpensAt - 20_000);
  const people = Array.from({ length: 20 }, (_, i) => i);
  for (const i of people) room.join(i, `user-${i}`);
  let most = 0;
  for (let second = 0; second < 700; second++) {
    room.step(1000);
    for (const i of second % 5 === 0 ? people : []) room.claim(i, `user-${i}`);
    for (let k = 0; k < testSettings.shards; k++) room.sync(k, "whole");
    most = Math.max(most, room.active);
  }
  expect(most).toBe(5);
  expect(room.members.flatMap((member) => [...member.passes.keys()])).toHaveLength(20);
});
