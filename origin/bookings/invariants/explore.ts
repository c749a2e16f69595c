import * as fc from "fast-check";
import { sequences, type Round } from "./commands.ts";
import type { Lab } from "./lab.ts";
import { runSequence } from "./run-sequence.ts";

/** Sequences that live at the same time, each on its own event. */
const lanesDefault = 16;

export interface Exploration {
  /** Together with `lane` and `path` it plays a failed sequence again. */
  readonly seed: number;
  readonly sequences: number;
  /** Whether a sequence that fails is made as small as possible first. */
  readonly shrinks: boolean;
  /** How many live at the same time. */
  readonly lanes?: number;
}

export interface Explored {
  readonly ran: number;
  /** How to play it again, the sequence, and what it violated; undefined: nothing was. */
  readonly failure: string | undefined;
}

/** Lives through random sequences and stops at the first that violates an invariant. */
export async function explore(lab: Lab, options: Exploration): Promise<Explored> {
  const { lanes = lanesDefault } = options;
  const numRuns = Math.ceil(options.sequences / lanes);
  let isOver = false; // one find ends the search in all lanes, but for the shrinking of its own
  const runs = await Promise.all(
    Array.from({ length: lanes }, (_, lane) =>
      fc.check(
        fc.asyncProperty(sequences, async (rounds) => {
          if (isOver && !options.shrinks) return;
          const violations = await runSequence(lab, rounds);
          if (violations.length === 0) return;
          isOver = true;
          throw new Error(violations.join("\n"));
        }),
        { seed: options.seed + lane, numRuns, endOnFailure: !options.shrinks },
      ),
    ),
  );
  const ran = runs.reduce((sum, { numRuns: done }) => sum + done, 0);
  const failed = runs.find((run) => run.failed);
  return { ran, failure: failed && describe(failed) };
}

function describe({
  seed,
  counterexamplePath: path,
  counterexample,
  errorInstance,
}: Pick<
  fc.RunDetails<[rounds: readonly Round[]]>,
  "seed" | "counterexamplePath" | "counterexample" | "errorInstance"
>): string {
  return `replay with ${JSON.stringify({ seed, path })}\n${fc.stringify(counterexample)}\n${String(errorInstance)}`;
}
