import type { BenchBar } from "../report.ts";
import type { Measured } from "./lab.ts";

type Case =
  | "origin"
  | "more"
  | "front"
  | "frontBare"
  | "edge"
  | "edgeMore"
  | "edgeBare"
  | "bareFew"
  | "bare"
  | "oneLock"
  | "rowLocks"
  | "holds"
  | "refused";

/**
 * What was promised, beside what was measured in the same run. Of two numbers of clients the better one counts, for us
 * and for the prototype.
 * @param doubled tickets that were booked twice
 */
export function bars(all: Readonly<Record<Case, Measured>>, doubled: number): BenchBar[] {
  const perMinute = (of: Case) => (all[of].outcome.confirmed / all[of].outcome.seconds) * 60;
  const origin = Math.max(perMinute("origin"), perMinute("more"));
  const edge = Math.max(perMinute("edge"), perMinute("edgeMore"));
  const prototype = Math.max(perMinute("bare"), perMinute("bareFew"));
  const atLeast = (name: string, measured: number, limit: number) =>
    bar(`${name} >= ${limit}`, measured, measured >= limit);
  const below = (name: string, measured: number, limit: number) =>
    bar(`${name} < ${limit}`, measured, measured < limit);
  return [
    atLeast("confirmed a minute at the origin", origin, 36_000),
    atLeast("confirmed a minute through the edge", edge, 20_000),
    atLeast("the same behind the local front", perMinute("front"), 20_000),
    shown("of a Worker that only forwards", perMinute("edge") / perMinute("edgeBare")),
    shown("the same behind the local front", perMinute("front") / perMinute("frontBare")),
    below("hold p99 in ms at 400 a second, open loop", all.holds.outcome.hold.p99, 60),
    atLeast("times one lock an event", origin / perMinute("oneLock"), 10),
    shown("the bare prototype: times one lock an event", prototype / perMinute("oneLock")),
    shown("of the bare prototype, confirmed a minute", origin / prototype),
    shown("times SELECT FOR UPDATE", origin / perMinute("rowLocks")),
    below(
      "Postgres transactions a refusal, beyond those at rest: 0, that is",
      all.refused.transactionsPerAnswer,
      0.005,
    ),
    below(
      "Postgres round trips a hold or confirm, jobs included: 3, that is",
      all.origin.transactionsPerAnswer,
      3.001,
    ),
    bar("tickets booked twice: 0", doubled, doubled === 0),
  ];
}

/** Nothing was promised. */
function shown(name: string, measured: number): BenchBar {
  return bar(name, measured, true);
}

function bar(name: string, measured: number, met: boolean): BenchBar {
  return { bar: name, measured: Math.round(measured * 10_000) / 10_000, met };
}
