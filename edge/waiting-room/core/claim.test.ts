import fc from "fast-check";
import { expect, test } from "vitest";
import { decideClaim } from "./claim.ts";
import { createRoom, type Room } from "./room.ts";
import { shareGrants } from "./share-grants.ts";
import { snapshotOf } from "./status.ts";
import { testOpensAt, testSecret, testSettings } from "./testing.ts";

const now = testOpensAt + 600_000;

function knownOf(over: Partial<Room>, { serving = 50, expiredBelow = 20, at = now } = {}) {
  const room = createRoom(testSettings, testSecret, null, testOpensAt);
  const controller = { ...room.controller, serving, expiredBelow };
  const open: Room = { ...room, phase: "open", lotterySize: 100, seed: testSecret, controller };
  return { snapshot: snapshotOf({ ...open, ...over }, at), at };
}

test.each<[string, Partial<Room>, number | null, string]>([
  ["served and in time", {}, 30, "wants-grant"],
  ["the first in time", {}, 20, "wants-grant"],
  ["the last served", {}, 49, "wants-grant"],
  ["not served", {}, 50, "not-served"],
  ["past its grace", {}, 19, "expired"],
  ["not drawn yet", { phase: "pre" }, null, "not-served"],
  ["served, in a room that is paused", { phase: "paused" }, 30, "not-served"],
  ["served, with everything sold", { phase: "sold-out" }, 30, "sold-out"],
  ["not served, with everything sold", { phase: "sold-out" }, 60, "sold-out"],
  ["past its grace, with everything sold", { phase: "sold-out" }, 3, "expired"],
  ["served, in a room that is closed", { phase: "closed" }, 30, "expired"],
])("a position that is %s", (_case, over, position, status) => {
  expect(decideClaim(knownOf(over), position, null, now).status).toBe(status);
});

test("by news of more than a minute nobody new is let in, and a live pass goes on", () => {
  const old = knownOf({}, { at: now - 60_001 });
  expect(decideClaim(old, 30, null, now)).toEqual({ status: "unavailable" });
  expect(decideClaim(null, 30, null, now)).toEqual({ status: "unavailable" });
  const pass = { expiresAt: now + 1, ended: false };
  expect(decideClaim(null, 30, pass, now)).toEqual({ status: "admitted", expiresAt: now + 1 });
});

test.each([
  ["ran out", { expiresAt: now, ended: false }],
  ["was given back", { expiresAt: now + 1000, ended: true }],
])("a number whose pass %s never gets another one", (_case, pass) => {
  expect(decideClaim(knownOf({}), 30, pass, now)).toEqual({ status: "expired" });
});

test("no grant reaches a position past its grace, or more people than were granted", () => {
  const claims = fc.array(
    fc.record({ number: fc.nat(999), position: fc.nat(99), asked: fc.boolean() }),
  );
  fc.assert(
    fc.property(claims, fc.nat(20), fc.nat(60), (waiting, granted, expiredBelow) => {
      const { snapshot } = knownOf({}, { serving: 100, expiredBelow });
      const outcomes = shareGrants(waiting, granted, snapshot, now);
      const admitted = waiting.filter((_, i) => outcomes[i]?.status === "admitted");
      const inTime = waiting.filter((it) => it.position >= expiredBelow);
      expect(admitted).toEqual(inTime.slice(0, granted));
      for (const [i, { position, asked }] of waiting.entries()) {
        const status = outcomes[i]?.status;
        expect(status === "expired").toBe(position < expiredBelow);
        expect(status === "waits" && asked).toBe(false); // who asked hears something
      }
    }),
  );
});
