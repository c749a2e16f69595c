import { parseArgs } from "node:util";
import type { BenchBar, BenchReport } from "../report.ts";
import { countDoubleBookings } from "./event.ts";
import { openLab, settings, type Measured } from "./lab.ts";

const openLoop = { loop: "hold", perSecond: 400, seconds: 10, connections: 256 } as const;

/**
 * Sells out events of named seats: through the edge, at the origin alone, and under the locks that others take.
 * Options: `--clients N` of the closed loops, `--seats N` of a booking, `--seconds N` at most of a closed loop.
 */
export async function run(args: readonly string[]): Promise<BenchReport> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      clients: { type: "string", default: "32" },
      seats: { type: "string", default: "2" },
      seconds: { type: "string", default: "15" },
    },
  });
  const clients = Number(values.clients);
  const seatsPerBooking = Number(values.seats);
  const sell = { loop: "sell", clients, secondsMax: Number(values.seconds) } as const;
  const refuse = { loop: "refuse", clients, seconds: 5 } as const;
  const lab = await openLab();
  try {
    const keyed = { seatsPerBooking, withKeys: true };
    const warm = { ...sell, clients: 8, secondsMax: 5 };
    await lab.measure({ name: "warm-up, origin", target: "origin", kind: warm, ...keyed });
    await lab.measure({ name: "warm-up, edge", target: "edge", kind: warm, ...keyed });
    const origin = await lab.measure({
      name: "sell, origin",
      target: "origin",
      kind: sell,
      ...keyed,
    });
    const edge = await lab.measure({ name: "sell, edge", target: "edge", kind: sell, ...keyed });
    const forwarded = await lab.measure({
      name: "sell, a Worker that only forwards",
      target: "bare-edge",
      kind: sell,
      ...keyed,
    });
    const straight = [
      await lab.measure({
        name: "sell, edge, no local front",
        target: "edge-direct",
        kind: sell,
        ...keyed,
      }),
      await lab.measure({
        name: "sell, a Worker that only forwards, no local front",
        target: "bare-edge-direct",
        kind: sell,
        ...keyed,
      }),
    ];
    const single = await lab.measure({
      name: "sell, origin, one seat each",
      target: "origin",
      kind: sell,
      withKeys: true,
      seatsPerBooking: 1,
    });
    const singleEdge = await lab.measure({
      name: "sell, edge, one seat each",
      target: "edge",
      kind: sell,
      withKeys: true,
      seatsPerBooking: 1,
    });
    const few = { ...sell, clients: Math.max(1, clients / 2) };
    const fewer = await lab.measure({
      name: "sell, origin, half the clients",
      target: "origin",
      kind: few,
      ...keyed,
    });
    const oneLock = await lab.measure({
      name: "sell, one lock an event",
      target: "one-lock",
      kind: sell,
      seatsPerBooking,
    });
    const rowLocks = await lab.measure({
      name: "sell, FOR UPDATE",
      target: "row-locks",
      kind: sell,
      seatsPerBooking,
    });
    const holds = await lab.measure({
      name: "hold, origin, open loop",
      target: "origin",
      kind: openLoop,
      ...keyed,
    });
    const held = { ...holds.event, ticketIds: holds.event.ticketIds.slice(0, 2_000) };
    const refused = await lab.measure({
      name: "refuse, origin",
      target: "origin",
      kind: refuse,
      seatsPerBooking,
      event: held,
    });
    const doubled = await countDoubleBookings(lab.pool);
    const all = [
      origin,
      fewer,
      edge,
      forwarded,
      ...straight,
      single,
      singleEdge,
      oneLock,
      rowLocks,
      holds,
      refused,
    ];
    return {
      name: "booking",
      settings: {
        ...settings,
        ...values,
        openLoopPerSecond: openLoop.perSecond,
        postgres: "durable: fsync and synchronous_commit on",
        idempotencyKeys: "on every hold; none on refusals",
      },
      rows: all.map(({ row }) => row),
      bars: bars({ origin, fewer, edge, forwarded, oneLock, rowLocks, holds, refused, doubled }),
    };
  } finally {
    await lab.stop();
  }
}

function bars(
  all: Record<
    "origin" | "fewer" | "edge" | "forwarded" | "oneLock" | "rowLocks" | "holds" | "refused",
    Measured
  > & { doubled: number },
): BenchBar[] {
  const { origin, fewer, edge, forwarded, oneLock, rowLocks, holds, refused, doubled } = all;
  const perMinute = ({ outcome }: Measured) =>
    Math.round((outcome.confirmed / outcome.seconds) * 60);
  const best = Math.max(perMinute(origin), perMinute(fewer));
  const ratio = (baseline: Measured) =>
    Math.round((best / Math.max(perMinute(baseline), 1)) * 10) / 10;
  const rounded = (value: number) => Math.round(value * 10_000) / 10_000;
  const bar = (name: string, measured: number, met: boolean): BenchBar => ({
    bar: name,
    measured,
    met,
  });
  const p99 = holds.outcome.hold.p99;
  const perRefusal = rounded(refused.transactionsPerAnswer);
  const perStep = rounded(origin.transactionsPerAnswer);
  return [
    bar("confirmed a minute at the origin >= 36000", best, best >= 36_000),
    bar("confirmed a minute through the edge >= 20000", perMinute(edge), perMinute(edge) >= 20_000),
    bar("of a Worker that only forwards", rounded(perMinute(edge) / perMinute(forwarded)), true),
    bar("hold p99 < 60 ms at 400 a second, open loop", p99, p99 < 60),
    bar("times one lock an event >= 10", ratio(oneLock), ratio(oneLock) >= 10),
    bar("times SELECT FOR UPDATE", ratio(rowLocks), true),
    bar("Postgres transactions a refusal, beyond those at rest: 0", perRefusal, perRefusal < 0.005),
    bar("Postgres round trips a hold or confirm, jobs included <= 3", perStep, perStep <= 3),
    bar("tickets booked twice: 0", doubled, doubled === 0),
  ];
}
