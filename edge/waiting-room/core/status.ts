import type { QueueFigures, QueueSample, QueueStatus } from "../../../contracts/queue.ts";
import { noShowShareOf } from "./controller.ts";
import { opensAtText } from "./lottery.ts";
import { pollBounds } from "./polling.ts";
import { type Room, type RoomTotals, type Snapshot, totalsOf } from "./room.ts";
import { admissibleOf } from "./step.ts";

/** Builds the one document that everybody reads. Nothing of the secret before the opening. */
export function statusOf(room: Room, now: number): QueueStatus {
  const { settings, controller } = room;
  const totals = totalsOf(room);
  const waiting = waitingIn(room, totals);
  return {
    event: settings.event,
    generation: settings.generation,
    phase: room.phase,
    opensAt: opensAtText(settings.opensAt),
    now: new Date(now).toISOString(),
    commitment: room.commitment,
    beacon: room.beacon,
    ...(room.seed === null ? {} : { secret: room.secret, seed: room.seed }),
    ...(room.lotterySize === null ? {} : { lotterySize: room.lotterySize }),
    serving: controller.serving,
    expiredBelow: controller.expiredBelow,
    ratePerMinute: Math.round(controller.ratePerMinute * 10) / 10,
    waiting,
    message: settings.message,
    ...pollBounds(waiting),
    seatsLeft: room.stock?.available ?? null,
    priceRange: room.stock?.priceRange ?? null,
    likelyBelow: likelyBelow(room, totals, now),
    failOpenUntil: room.failOpenUntil > now ? new Date(room.failOpenUntil).toISOString() : null,
  };
}

export function snapshotOf(room: Room, now: number): Snapshot {
  return { status: statusOf(room, now), passSeconds: room.settings.passSeconds };
}

/** What an administrator sees. */
export function figuresOf(room: Room, now: number): QueueFigures {
  const { joins, left, claims, active } = totalsOf(room);
  const { maxActive, admitPerMinute, passSeconds, graceSeconds, shards } = room.settings;
  return {
    status: statusOf(room, now),
    joins,
    left,
    claims,
    active,
    maxActive,
    admitPerMinute,
    passSeconds,
    graceSeconds,
    noShowShare: noShowShareOf(room.controller),
    shards,
  };
}

/** One point of the curves. */
export function sampleOf(room: Room, now: number): QueueSample {
  const totals = totalsOf(room);
  const { joins, claims, active } = totals;
  return {
    at: new Date(now).toISOString(),
    phase: room.phase,
    joins,
    waiting: waitingIn(room, totals),
    serving: room.controller.serving,
    claims,
    active,
    seatsLeft: room.stock?.available ?? null,
  };
}

/** Those who joined, did not leave and have not come up: gaps between numbers are nobody. */
function waitingIn(room: Room, { joins, left }: RoomTotals): number {
  if (room.issued === 0) return 0;
  return Math.round(((joins - left) * (room.issued - room.controller.serving)) / room.issued);
}

function likelyBelow(room: Room, totals: RoomTotals, now: number): number | null {
  const admissible = admissibleOf(room, totals, now);
  if (!Number.isFinite(admissible)) return null;
  const shows = 1 - noShowShareOf(room.controller);
  return Math.floor(room.controller.serving + admissible / shows);
}
