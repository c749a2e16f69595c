import { parseArgs } from "node:util";
import type { BenchReport } from "../report.ts";
import { bars } from "./bars.ts";
import { countDoubleBookings } from "./event.ts";
import { openLab, settings, type Measured, type Phase } from "./lab.ts";

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
  const { warmUps, phases } = plan({
    clients: Number(values.clients),
    seatsPerBooking: Number(values.seats),
    secondsMax: Number(values.seconds),
  });
  const lab = await openLab();
  try {
    for (const phase of warmUps) await lab.measure(phase);
    const measured: Record<string, Measured> = {};
    for (const [name, phase] of Object.entries(phases)) measured[name] = await lab.measure(phase);
    const holds = await lab.measure({
      name: "hold, origin, open loop",
      target: "origin",
      kind: openLoop,
      seatsPerBooking: Number(values.seats),
      withKeys: true,
    });
    const refused = await lab.measure({
      name: "refuse, origin",
      target: "origin",
      kind: { loop: "refuse", clients: Number(values.clients), seconds: 5 },
      seatsPerBooking: Number(values.seats),
      event: { ...holds.event, ticketIds: holds.event.ticketIds.slice(0, 2_000) },
      isCounted: true,
    });
    const all = { ...(measured as Record<keyof typeof phases, Measured>), holds, refused };
    return {
      name: "booking",
      settings: {
        ...settings,
        ...values,
        openLoopPerSecond: openLoop.perSecond,
        postgres: "durable: fsync and synchronous_commit on",
        idempotencyKeys: "on every hold; none on refusals",
      },
      rows: Object.values(all).map(({ row }) => row),
      bars: bars(all, await countDoubleBookings(lab.pool)),
    };
  } finally {
    await lab.stop();
  }
}

/** What is sold out, in this order: each phase has an event of its own. */
function plan(options: { clients: number; seatsPerBooking: number; secondsMax: number }) {
  const { clients, seatsPerBooking, secondsMax } = options;
  const sell = { loop: "sell", clients, secondsMax } as const;
  const keyed = { kind: sell, seatsPerBooking, withKeys: true };
  const plain = { kind: sell, seatsPerBooking };
  const many = { ...sell, clients: clients * 2 };
  const few = { ...sell, clients: Math.max(1, clients / 2) };
  const warm = { ...sell, secondsMax: 8 };
  const warmUps: Phase[] = [
    { name: "warm-up, origin", target: "origin", ...keyed, kind: warm },
    { name: "warm-up, edge", target: "edge", ...keyed, kind: warm },
  ];
  const phases = {
    origin: { name: "sell, origin", target: "origin", ...keyed },
    more: { name: "sell, origin, twice the clients", target: "origin", ...keyed, kind: many },
    single: { name: "sell, origin, one seat each", target: "origin", ...keyed, seatsPerBooking: 1 },
    front: { name: "sell, edge behind the local front", target: "edge", ...keyed },
    frontBare: { name: "the same, a Worker that only forwards", target: "bare-edge", ...keyed },
    edge: { name: "sell, edge", target: "edge-direct", ...keyed },
    edgeMore: {
      name: "sell, edge, twice the clients",
      target: "edge-direct",
      ...keyed,
      kind: many,
    },
    edgeBare: { name: "sell, a Worker that only forwards", target: "bare-edge-direct", ...keyed },
    bareFew: {
      name: "sell, bare prototype, half the clients",
      target: "bare",
      ...plain,
      kind: few,
    },
    bare: { name: "sell, bare prototype", target: "bare", ...plain },
    oneLock: { name: "sell, one lock an event", target: "one-lock", ...plain },
    rowLocks: { name: "sell, FOR UPDATE", target: "row-locks", ...plain },
  } satisfies Record<string, Phase>;
  return { warmUps, phases };
}
