import fc from "fast-check";
import { expect, test } from "vitest";
import {
  type Controller,
  createController,
  type Demand,
  type Limits,
  noShowShareMax,
  noShowShareOf,
  stepController,
} from "./controller.ts";

const limits: Limits = { admitPerMinute: 600, maxActive: 100, graceSeconds: 30 };
const idle: Demand = {
  phaseOpen: true,
  issued: 100_000,
  claims: 0,
  active: 0,
  settledReleased: 0,
  settledClaims: 0,
  turnedAway: false,
  roomByStock: Number.POSITIVE_INFINITY,
};

/** Steps once a second. */
function run(seconds: number, demandAt: (it: Controller, second: number) => Partial<Demand>) {
  let controller = createController(limits, 0, 1);
  for (let second = 1; second <= seconds; second++) {
    const demand = { ...idle, ...demandAt(controller, second) };
    controller = stepController(controller, limits, demand, second * 1000);
  }
  return controller;
}

test("it releases at the configured rate while there is room", () => {
  // Everybody claims at once and leaves at once.
  const after = run(60, (it) => ({ claims: it.serving, settledClaims: it.expiredBelow }));
  expect(after.serving).toBe(600);
  expect(after.ratePerMinute).toBeCloseTo(600, 5);
});

test("it releases no more than the room has places for, whoever has not claimed yet included", () => {
  expect(run(20, () => ({})).serving).toBe(limits.maxActive);
  expect(run(20, () => ({ active: 100, claims: 100 })).serving).toBe(0);
});

test("it never serves beyond the numbers that were issued", () => {
  expect(run(20, () => ({ issued: 7 })).serving).toBe(7);
});

test("closed, it releases nothing and lets no grace run out", () => {
  const open = run(10, () => ({}));
  const demand = { ...idle, phaseOpen: false };
  const paused = stepController(open, limits, demand, 3_600_000);
  expect(paused).toEqual({ ...open, steppedAt: 3_600_000 });
  const resumed = stepController(paused, limits, idle, 3_601_000);
  expect(resumed.expiredBelow).toBe(open.expiredBelow);
});

test("graces run out after their time, and stand still while a full room turns people away", () => {
  expect(run(30, () => ({})).expiredBelow).toBe(0);
  expect(run(32, () => ({})).expiredBelow).toBeGreaterThan(0);
  expect(run(90, () => ({ turnedAway: true })).expiredBelow).toBe(0);
});

test("it learns who does not show up, releases more for it, and fills the room", () => {
  const shows = 0.65;
  const learned = run(600, (it) => {
    const claims = Math.floor(it.serving * shows);
    const settledClaims = Math.floor(it.expiredBelow * shows);
    return { claims, settledClaims, settledReleased: it.expiredBelow };
  });
  expect(noShowShareOf(learned)).toBeCloseTo(1 - shows, 1);
  const perSecond = learned.serving / 600;
  expect(perSecond * shows).toBeGreaterThan(9); // of the ten people a second that are wanted
});

test("after a silence it makes up for five seconds, not for all of it", () => {
  const before = createController(limits, 0, 1);
  expect(stepController(before, limits, idle, 600_000).serving).toBe(50);
});

test("a clock that goes back releases nothing", () => {
  const before = run(5, () => ({}));
  expect(stepController(before, limits, idle, 1000).serving).toBe(before.serving);
});

test("it slows down as the stock ends, and still sells the last seat", () => {
  const quick = run(1, () => ({})).serving;
  const slow = run(1, () => ({ roomByStock: 30 })).serving;
  expect(slow).toBeLessThan(quick);
  expect(run(5, (it) => ({ roomByStock: 1, claims: it.serving })).serving).toBeGreaterThan(0);
  expect(run(60, () => ({ roomByStock: 0 })).serving).toBe(0);
});

test("whatever it is told, serving and expiry never go back, and no step exceeds its bounds", () => {
  const demand = fc.record({
    phaseOpen: fc.boolean(),
    issued: fc.nat(5000),
    claims: fc.nat(3000),
    active: fc.nat(200),
    settledReleased: fc.nat(3000),
    settledClaims: fc.nat(3000),
    turnedAway: fc.boolean(),
    roomByStock: fc.oneof(fc.nat(500), fc.constant(Number.POSITIVE_INFINITY)),
    ms: fc.integer({ min: -2000, max: 20_000 }),
  });
  fc.assert(
    fc.property(fc.array(demand, { maxLength: 100 }), (steps) => {
      let controller = createController(limits, 0, 1);
      let now = 0;
      for (const { ms, ...given } of steps) {
        now += ms;
        const after = stepController(controller, limits, given, now);
        const released = after.serving - controller.serving;
        const shows = 1 - noShowShareOf(after);
        const free = Math.max(0, limits.maxActive - given.active);
        expect(released).toBeGreaterThanOrEqual(0);
        expect(released).toBeLessThanOrEqual(free / shows + 1);
        expect(released).toBeLessThanOrEqual(3 * 50 + 1);
        expect(after.serving).toBeLessThanOrEqual(Math.max(controller.serving, given.issued));
        expect(after.expiredBelow).toBeGreaterThanOrEqual(controller.expiredBelow);
        expect(after.expiredBelow).toBeLessThanOrEqual(after.serving);
        expect(noShowShareOf(after)).toBeLessThanOrEqual(noShowShareMax);
        controller = after;
      }
    }),
  );
});
