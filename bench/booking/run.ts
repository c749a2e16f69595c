import { parseArgs } from "node:util";
import type { BenchReport } from "../report.ts";
import { bars, type Results } from "./bars.ts";
import { countDoubleBookings } from "./event.ts";
import { openLab, settings } from "./lab.ts";
import { openLoop, planPhases, planWarmUps, type Case } from "./phases.ts";

/**
 * Sells out events of named seats: through the edge, at the origin alone, and under the locks that others take.
 * Options: `--clients N` of the closed loops, `--seats N` of a booking, `--seconds N` at most of a closed loop; names of
 * phases (`holds bareHolds`), where not all of them shall run.
 */
export async function run(args: readonly string[]): Promise<BenchReport> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      clients: { type: "string", default: "32" },
      seats: { type: "string", default: "2" },
      seconds: { type: "string", default: "15" },
    },
  });
  const options = {
    clients: Number(values.clients),
    seatsPerBooking: Number(values.seats),
    secondsMax: Number(values.seconds),
  };
  const phases = planPhases(options);
  const cases = choose(Object.keys(phases) as Case[], positionals);
  const lab = await openLab();
  try {
    const targets = new Set(cases.map((name) => phases[name].target));
    for (const phase of planWarmUps(options, targets)) await lab.measure(phase);
    const measured: Results = {};
    for (const name of cases) {
      const heldBefore = name === "refused" ? measured.holds?.event : undefined;
      measured[name] = await lab.measure({
        ...phases[name],
        ...(heldBefore && {
          event: { ...heldBefore, ticketIds: heldBefore.ticketIds.slice(0, 2_000) },
        }),
      });
    }
    return {
      name: "booking",
      settings: {
        ...settings,
        ...values,
        openLoopPerSecond: openLoop.perSecond,
        openLoopSeconds: openLoop.seconds,
        postgres: "durable: fsync and synchronous_commit on",
        idempotencyKeys: "on every hold; none on refusals",
        warmUp: "8 s of selling; tokens of the open loop are new to all",
      },
      rows: Object.values(measured).map(({ row }) => row),
      bars: bars(measured, await countDoubleBookings(lab.pool)),
    };
  } finally {
    await lab.stop();
  }
}

/** @throws TypeError when there is no such phase */
function choose(all: readonly Case[], wanted: readonly string[]): Case[] {
  const unknown = wanted.filter((name) => !all.some((known) => known === name));
  if (unknown.length > 0) {
    throw new TypeError(`there is no phase ${unknown.join(", ")}; there are: ${all.join(", ")}`);
  }
  if (wanted.length === 0) return [...all];
  // Refusals are asked for seats that the open loop holds.
  const needed = wanted.includes("refused") ? [...wanted, "holds"] : wanted;
  return all.filter((name) => needed.includes(name));
}
