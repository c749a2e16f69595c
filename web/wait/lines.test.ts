import { expect, test } from "vitest";
import type { QueueStatus } from "../../contracts/queue.ts";
import { placeOf } from "../../edge/waiting-room/core/place.ts";
import { clockText, hourFormat } from "./clock-text.ts";
import { linesOf } from "./lines.ts";

const now = Date.parse("2026-12-01T10:05:00Z");
const status: QueueStatus = {
  event: "1",
  generation: 1,
  phase: "open",
  opensAt: "2026-12-01T10:00:00Z",
  now: "2026-12-01T10:05:00Z",
  commitment: "0".repeat(64),
  beacon: null,
  serving: 100,
  expiredBelow: 50,
  ratePerMinute: 60,
  waiting: 5000,
  message: "",
  pollMinSeconds: 5,
  pollMaxSeconds: 60,
  seatsLeft: 200,
  priceRange: null,
  likelyBelow: 300,
  failOpenUntil: null,
};
const words = {
  ahead: "{count} ahead",
  first: "next",
  turn: "your turn",
  missed: "missed",
  inDraw: "drawn later",
  eta: "{from} to {to} minutes",
  etaUnknown: "cannot say",
  unlikely: "probably not",
  opensIn: "opens in {clock}",
  pass: "in until {time}",
  passClock: "{clock} left",
};

const shown = (position: number | null | undefined, more: Partial<QueueStatus> = {}) => {
  const told = { ...status, ...more };
  const place = position === undefined ? undefined : placeOf(position, told, now);
  const standing = { status: told, place, passExpiresAt: null, now, locale: "en", zone: "UTC" };
  const { place: line, eta, unlikely, ...rest } = linesOf(standing, words);
  const buttons = (["join", "claim", "choose", "leave"] as const).filter((name) => rest[name]);
  return { line, eta, unlikely, buttons: buttons.join(" "), safe: rest.safe };
};

test.each([
  ["nobody yet", undefined, {}, ["", "", "", "join", false]],
  ["before the draw", null, { phase: "pre" }, ["drawn later", "", "", "leave", true]],
  ["missed", 49, {}, ["missed", "", "", "join", false]],
  ["served", 99, {}, ["your turn", "", "", "claim leave", true]],
  ["the next", 100, {}, ["next", "0 to 1 minutes", "", "leave", true]],
  ["far", 1300, {}, ["1,200 ahead", "16 to 26 minutes", "probably not", "leave", true]],
  ["paused", 150, { phase: "paused" }, ["50 ahead", "cannot say", "", "leave", true]],
  ["sold out", 150, { phase: "sold-out" }, ["", "", "", "", false]],
  ["closed", undefined, { phase: "closed" }, ["", "", "", "", false]],
] as const)(
  "%s: the place, the wait and the buttons are told honestly",
  (_, position, more, told) => {
    const [line, eta, unlikely, buttons, safe] = told;
    expect(shown(position, more)).toEqual({ line, eta, unlikely, buttons, safe });
  },
);

test("a pass counts down and leads to the seats, until it ends", () => {
  const standing = { status, place: undefined, now, locale: "en-GB", zone: "Europe/Vienna" };
  const told = linesOf({ ...standing, passExpiresAt: now + 249_000 }, words);
  expect(told).toMatchObject({
    place: "in until 11:09",
    clock: "4:09 left",
    choose: true,
    join: false,
  });
  expect(linesOf({ ...standing, passExpiresAt: now }, words)).toMatchObject({
    clock: "",
    choose: false,
    join: true,
  });
});

test.each([
  [249_000, "4:09"],
  [1, "0:01"],
  [-5, "0:00"],
  [600_000, "10:00"],
  [3_599_999, "1:00:00"],
  [4_000_500, "1:06:41"],
])("%d ms left read %s", (leftMs, text) => expect(clockText(leftMs)).toBe(text));

test.each([
  ["en", "Europe/Vienna", "11:05"],
  ["de", "America/Mexico_City", "04:05"],
  ["es", "Nowhere/Atlantis", "10:05"],
])("in %s the hour at %s is %s", (locale, zone, text) => {
  expect(hourFormat(locale, zone).format(now)).toBe(text);
});

test.each([
  ["on the day", 3_600_000, "pre", "opens in 1:00:00"],
  ["days before", 86_400_001, "pre", ""],
  ["when it is about to open", 0, "pre", ""],
  ["once it is open", 60_000, "open", ""],
] as const)("%s the opening is counted down to or not", (_, leftMs, phase, clock) => {
  const told = { ...status, phase, opensAt: new Date(now + leftMs).toISOString() };
  const standing = { status: told, place: undefined, passExpiresAt: null, now };
  const lines = linesOf({ ...standing, locale: "en", zone: "UTC" }, words);
  expect(lines.clock).toBe(clock);
});
