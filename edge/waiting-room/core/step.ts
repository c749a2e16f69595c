import {
  choosingOf,
  type Controller,
  createController,
  type Demand,
  stepController,
} from "./controller.ts";
import { opensAtText, seedOf } from "./lottery.ts";
import { nextPhase, type RoomChange } from "./phases.ts";
import { type Room, type RoomTotals, totalsOf } from "./room.ts";
import { isSoldOut, outlookOf } from "./stock.ts";

/** A beacon that stays silent must not keep millions waiting: after this the draw goes without, and says so. */
export const beaconWaitMs = 60_000;
/** Figures of the stock that are older say nothing, in milliseconds. */
const stockAgeMsMax = 30_000;
/** How often the room steps while people can be admitted, in milliseconds. */
const stepMs = 1000;
/** Before the opening nothing changes by itself but the count of those who wait. */
const preStepMs = 30_000;

/** The alarm's work, once a second: open when it is time, follow the stock, admit. */
export function stepRoom(before: Room, now: number): Room {
  const room = followStock(openIfDue(before, now), now);
  return {
    ...room,
    controller: stepController(room.controller, room.settings, demandOf(room, now), now),
    turnedAway: false,
  };
}

/** @returns when the alarm must ring next, Unix milliseconds; null when there is nothing left to do */
export function nextStepAt(room: Room, now: number): number | null {
  if (room.phase === "closed") return null;
  if (room.phase !== "pre" || room.lotterySize !== null) return now + stepMs;
  return Math.max(now + 1, Math.min(room.settings.opensAt, now + preStepMs));
}

/** Freezes the lottery and opens, when the time has come. One written room does it for ten million people. */
export function openIfDue(room: Room, now: number): Room {
  if (room.phase !== "pre" || now < room.settings.opensAt) return room;
  const lotterySize = room.lotterySize ?? room.issued;
  const silent = room.beacon !== null && room.beacon.randomness === null;
  if (silent && now < room.settings.opensAt + beaconWaitMs) return { ...room, lotterySize };
  const seed = seedOf({
    secret: room.secret,
    size: lotterySize,
    opensAt: opensAtText(room.settings.opensAt),
    beacon: room.beacon?.randomness ?? "",
  });
  const showShare = lotterySize === 0 ? 1 : Math.min(1, totalsOf(room).joins / lotterySize);
  const controller: Controller = createController(room.settings, now, showShare);
  const availableAtOpening = room.stock ? room.stock.available + room.stock.held : null;
  return { ...room, phase: "open", lotterySize, seed, controller, availableAtOpening };
}

/** @returns how many people beside the active ones the seats are good for; Infinity when nobody knows */
export function admissibleOf(room: Room, totals: RoomTotals, now: number): number {
  const { stock } = room;
  if (!stock || now - stock.at > stockAgeMsMax) return Number.POSITIVE_INFINITY;
  const { claims, active } = totals;
  const availableAtOpening = room.availableAtOpening ?? stock.available + stock.held;
  const choosing = choosingOf(room.controller, claims);
  return outlookOf(stock, { claims, active, choosing, availableAtOpening }).admissible;
}

function followStock(room: Room, now: number): Room {
  const { stock } = room;
  if (!stock || now - stock.at > stockAgeMsMax) return room;
  const known =
    room.availableAtOpening === null && room.phase !== "pre"
      ? { ...room, availableAtOpening: stock.available + stock.held }
      : room;
  const change: RoomChange = isSoldOut(stock) ? "sold-out" : "back-on-sale";
  const phase = nextPhase(known.phase, change);
  return phase === "refused" ? known : { ...known, phase };
}

function demandOf(room: Room, now: number): Demand {
  const totals = totalsOf(room);
  return {
    phaseOpen: room.phase === "open",
    issued: room.issued,
    claims: totals.claims,
    active: totals.active,
    settledReleased: totals.settledBelow,
    settledClaims: totals.settledClaims,
    turnedAway: room.turnedAway,
    roomByStock: admissibleOf(room, totals, now),
  };
}
