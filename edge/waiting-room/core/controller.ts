/** Admission, decided once a second from totals alone. */
export interface Controller {
  /** Positions below it may claim. Never falls. */
  readonly serving: number;
  /** The part of a position that did not fit into the last release. */
  readonly carry: number;
  /** Positions below it have had their grace. Never falls. */
  readonly expiredBelow: number;
  /** A clock that runs only while people can claim, so that no one's grace runs out during a pause. */
  readonly openMs: number;
  /** `serving` and claims as they were, against `openMs`, back to the grace. */
  readonly marks: readonly {
    readonly openMs: number;
    readonly serving: number;
    readonly claims: number;
  }[];
  readonly steppedAt: number;
  /** Decayed sums over positions past their grace: the no-show share is 1 − claimed / released. */
  readonly past: { readonly released: number; readonly claimed: number };
  /** Last totals that went into `past`. */
  readonly settled: { readonly released: number; readonly claimed: number };
  /** Positions that come up per minute, smoothed: what an honest ETA is made of. */
  readonly ratePerMinute: number;
}

export interface Limits {
  readonly admitPerMinute: number;
  readonly maxActive: number;
  readonly graceSeconds: number;
}

export interface Demand {
  readonly phaseOpen: boolean;
  /** Join numbers given out or leased: nothing beyond can be served. */
  readonly issued: number;
  readonly claims: number;
  readonly active: number;
  /** Positions whose grace is over in the eyes of the shards, and the claims among them. */
  readonly settledReleased: number;
  readonly settledClaims: number;
  /** Somebody served was turned away because the room is full: graces stand still meanwhile. */
  readonly turnedAway: boolean;
  /** How many more claims the stock is good for; Infinity when the stock is not known. */
  readonly roomByStock: number;
}

/** After a silence of the alarm there is no burst: at most this much is made up for, in seconds. */
const stepSecondsMax = 5;
/** Over-release against no-shows never exceeds three times the configured rate. */
const burstMax = 3;
export const noShowShareMax = 0.8;
/** As many positions, expected to claim, keep the first few from deciding the no-show share. */
const priorPositions = 10;
const rateSmoothingSeconds = 30;
/** The stock's remaining room is spent over about this time, so that admission slows down before the end. */
const stockSpreadSeconds = 15;

/** @param showShare share of the numbers that were given to somebody: the rest are gaps in leased blocks */
export function createController(limits: Limits, now: number, showShare: number): Controller {
  return {
    serving: 0,
    carry: 0,
    expiredBelow: 0,
    openMs: 0,
    marks: [],
    steppedAt: now,
    past: { released: priorPositions, claimed: priorPositions * showShare },
    settled: { released: 0, claimed: 0 },
    ratePerMinute: limits.admitPerMinute,
  };
}

export function noShowShareOf(controller: Controller): number {
  const { released, claimed } = controller.past;
  return released <= 0 ? 0 : clamp(1 - claimed / released, 0, noShowShareMax);
}

/** @returns how many people were released, have not claimed yet and are expected to */
export function outstandingOf(controller: Controller, demand: Demand): number {
  const released = controller.serving - controller.expiredBelow;
  const claimed = Math.max(0, demand.claims - demand.settledClaims);
  return Math.max(0, released * (1 - noShowShareOf(controller)) - claimed);
}

/** @returns how many were admitted within the last grace: they are still choosing */
export function choosingOf(controller: Controller, claims: number): number {
  return claims - (controller.marks[0]?.claims ?? 0);
}

/**
 * One step of admission.
 * @param now Unix milliseconds; a step back in time releases nothing
 */
export function stepController(
  before: Controller,
  limits: Limits,
  demand: Demand,
  now: number,
): Controller {
  if (!demand.phaseOpen) return { ...before, steppedAt: now };
  const seconds = clamp((now - before.steppedAt) / 1000, 0, stepSecondsMax);
  if (seconds === 0) return { ...before, steppedAt: now };
  const settled = withPast(before, limits, demand, seconds);
  const release = releaseOf(settled, limits, demand, seconds);
  const whole = Math.floor(release);
  const serving = before.serving + whole;
  const openMs = before.openMs + (demand.turnedAway ? 0 : seconds * 1000);
  const marks = withMark(before.marks, { openMs, serving, claims: demand.claims });
  const graceFrom = openMs - limits.graceSeconds * 1000;
  const expired = marks.findLast((mark) => mark.openMs <= graceFrom);
  const weight = Math.min(1, seconds / rateSmoothingSeconds);
  // A queue that ran empty says nothing about how fast the next people will come up.
  const ranEmpty = serving >= demand.issued;
  const rateNow = ranEmpty ? before.ratePerMinute : (whole / seconds) * 60;
  return {
    ...settled,
    serving,
    carry: release - whole,
    expiredBelow: Math.max(before.expiredBelow, expired?.serving ?? 0),
    openMs,
    marks: expired ? marks.slice(marks.indexOf(expired)) : marks,
    steppedAt: now,
    ratePerMinute: before.ratePerMinute + (rateNow - before.ratePerMinute) * weight,
  };
}

function releaseOf(
  controller: Controller,
  limits: Limits,
  demand: Demand,
  seconds: number,
): number {
  const shows = 1 - noShowShareOf(controller);
  const outstanding = outstandingOf(controller, demand);
  const room = Math.max(0, limits.maxActive - demand.active - outstanding);
  const byStock = Math.max(0, demand.roomByStock - outstanding);
  const perStep = (limits.admitPerMinute * seconds) / 60;
  const stockStep = Math.max(Math.min(1, byStock), (byStock * seconds) / stockSpreadSeconds);
  const wanted = Math.min(perStep, room, stockStep) / shows;
  const release = Math.min(wanted + controller.carry, burstMax * perStep + controller.carry);
  return Math.max(0, Math.min(release, demand.issued - controller.serving));
}

/** Learns from positions that are past their grace; older ones fade over about a grace, at least a minute. */
function withPast(
  controller: Controller,
  limits: Limits,
  demand: Demand,
  seconds: number,
): Controller {
  const fade = Math.exp(-seconds / Math.max(60, limits.graceSeconds));
  const { released, claimed } = controller.past;
  const settled = { released: demand.settledReleased, claimed: demand.settledClaims };
  return {
    ...controller,
    past: {
      released: released * fade + Math.max(0, settled.released - controller.settled.released),
      claimed: claimed * fade + Math.max(0, settled.claimed - controller.settled.claimed),
    },
    settled,
  };
}

function withMark(
  marks: Controller["marks"],
  mark: Controller["marks"][number],
): Controller["marks"] {
  const last = marks.at(-1);
  const same = last?.serving === mark.serving && last.claims === mark.claims;
  return same ? marks : [...marks, mark];
}

function clamp(value: number, min: number, max: number): number {
  return Math.min(Math.max(value, min), max);
}
