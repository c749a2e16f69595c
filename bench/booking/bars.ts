import type { BenchBar } from "../report.ts";
import type { Measured } from "./lab.ts";
import type { Case } from "./phases.ts";

/** Phases that were left out are missing. */
export type Results = { [Name in Case]?: Measured };

/**
 * What was promised, beside what was measured in the same run; without what needs a phase that did not run. Of two
 * numbers of clients the better one counts, for us and for the prototype.
 * @param doubled tickets that were booked twice
 */
export function bars(all: Results, doubled: number): BenchBar[] {
  const perMinute = (...cases: Case[]) => {
    const outcomes = cases.flatMap((name) => all[name]?.outcome ?? []);
    const found = outcomes.map(({ confirmed, seconds }) => (confirmed / seconds) * 60);
    return found.length > 0 ? Math.max(...found) : Number.NaN;
  };
  const origin = perMinute("origin", "more");
  const edge = perMinute("edge", "edgeMore");
  const prototype = perMinute("bare", "bareFew");
  return [
    atLeast("confirmed a minute at the origin", origin, 36_000),
    atLeast("confirmed a minute through the edge", edge, 20_000),
    atLeast("the same behind the local front", perMinute("front"), 20_000),
    shown("of a Worker that only forwards", perMinute("edge") / perMinute("edgeBare")),
    shown("the same behind the local front", perMinute("front") / perMinute("frontBare")),
    below("hold p99 in ms at 400 a second, open loop", all.holds?.outcome.hold.p99, 60),
    shown("the bare prototype: hold p99 in ms at 400 a second", all.bareHolds?.outcome.hold.p99),
    atLeast("times one lock an event", origin / perMinute("oneLock"), 10),
    shown("the bare prototype: times one lock an event", prototype / perMinute("oneLock")),
    shown("of the bare prototype, confirmed a minute", origin / prototype),
    shown("times SELECT FOR UPDATE", origin / perMinute("rowLocks")),
    below(
      "Postgres transactions a refusal, beyond those at rest: 0, that is",
      all.refused?.transactionsPerAnswer,
      0.005,
    ),
    below(
      "Postgres round trips a hold or confirm, jobs included: 3, that is",
      all.origin?.transactionsPerAnswer,
      3.001,
    ),
    bar("tickets booked twice: 0", doubled, doubled === 0),
  ].filter(({ measured }) => !Number.isNaN(measured));
}

function atLeast(name: string, measured: number, limit: number): BenchBar {
  return bar(`${name} >= ${limit}`, measured, measured >= limit);
}

function below(name: string, measured = Number.NaN, limit: number): BenchBar {
  return bar(`${name} < ${limit}`, measured, measured < limit);
}

/** Nothing was promised. */
function shown(name: string, measured = Number.NaN): BenchBar {
  return bar(name, measured, true);
}

function bar(name: string, measured: number, met: boolean): BenchBar {
  return { bar: name, measured: Math.round(measured * 10_000) / 10_000, met };
}
