import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { oneTimer } from "./one-timer.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const clocks = { "that goes": () => Date.now(), "that stands still": () => 5_000 };

test.each(Object.entries(clocks))(
  "with a clock %s each wait ends when it is due",
  async (_, now) => {
    const setTimer = oneTimer(now);
    const began = Date.now();
    const ended: [ms: number, at: number][] = [];
    for (const ms of [350, 100, 230]) setTimer(ms, () => ended.push([ms, Date.now() - began]));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(ended).toEqual([100, 230, 350].map((ms) => [ms, ms]));
  },
);

test("waits that begin together and are taken back cost one timer, and leave none", async () => {
  const setTimer = oneTimer(() => Date.now());
  const set = vi.spyOn(globalThis, "setTimeout");
  const cancels = [350, 100, 230].map((ms) => setTimer(ms, () => expect.unreachable()));
  await vi.advanceTimersByTimeAsync(50);
  for (const cancel of cancels) cancel();
  expect(set).toHaveBeenCalledTimes(1);
  expect(vi.getTimerCount()).toBe(0);
  await vi.advanceTimersByTimeAsync(1_000);
});

test("a wait that is taken back at once never ends", async () => {
  const setTimer = oneTimer(() => Date.now());
  setTimer(10, () => expect.unreachable())();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(vi.getTimerCount()).toBe(0);
});

test("whatever is set and taken back, and whenever, ends as with timers of its own", async () => {
  const wait = fc.record({
    beginsAt: fc.integer({ min: 1, max: 300 }),
    ms: fc.integer({ min: 1, max: 300 }),
    takenBackAfter: fc.option(fc.nat(300), { nil: undefined }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(wait, { maxLength: 8 }), async (waits) => {
      const setTimer = oneTimer(() => Date.now());
      const began = Date.now();
      const ended = new Map<number, number>();
      waits.forEach(({ beginsAt, ms, takenBackAfter }, nth) => {
        setTimeout(() => {
          const cancel = setTimer(ms, () => ended.set(nth, Date.now() - began));
          // A timer of 0 ms takes one.
          if (takenBackAfter === 0) cancel();
          else if (takenBackAfter !== undefined) setTimeout(cancel, takenBackAfter);
        }, beginsAt);
      });
      await vi.advanceTimersByTimeAsync(1_000);
      waits.forEach(({ beginsAt, ms, takenBackAfter }, nth) => {
        if (takenBackAfter === ms) return; // either may come first
        const isEnded = takenBackAfter === undefined || takenBackAfter > ms;
        expect(ended.get(nth)).toBe(isEnded ? beginsAt + ms : undefined);
      });
      expect(vi.getTimerCount()).toBe(0);
    }),
  );
});
