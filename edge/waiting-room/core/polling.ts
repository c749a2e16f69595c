import type { QueuePhase } from "../../../contracts/queue.ts";

/** Waiting people per second that the opening may bring to the edge at once. */
const openingPollsPerSecond = 250_000;
const jitterShare = 0.2;

/** How often people may poll, by how many wait: the far end of a queue of millions moves in minutes. */
export function pollBounds(waiting: number): {
  readonly pollMinSeconds: number;
  readonly pollMaxSeconds: number;
} {
  const pollMaxSeconds = waiting > 4_000_000 ? 120 : waiting > 1_000_000 ? 90 : 60;
  return { pollMinSeconds: 5, pollMaxSeconds };
}

export interface PollInput {
  readonly phase: QueuePhase;
  /** Until the position comes up, in seconds; null when that is not known. */
  readonly etaSeconds: number | null;
  /** Until the opening, in seconds; only before it. */
  readonly secondsToOpening: number;
  readonly waiting: number;
  readonly pollMinSeconds: number;
  readonly pollMaxSeconds: number;
  /** Random, 0 to 1. */
  readonly random: number;
}

/**
 * When to ask again: a tenth of the time left, within bounds, ±20 % so that nobody marches in step. Before the
 * opening there is nothing new to learn, so the poll that matters is spread out just after it.
 * @returns seconds
 */
export function nextPollSeconds(input: PollInput): number {
  const { pollMinSeconds, pollMaxSeconds, random } = input;
  const jittered = (seconds: number) => seconds * (1 - jitterShare + 2 * jitterShare * random);
  if (input.phase === "pre") {
    const spread = Math.max(pollMinSeconds, input.waiting / openingPollsPerSecond);
    const untilOpened = input.secondsToOpening + 1 + random * spread;
    const due = input.secondsToOpening <= 0; // opening this very moment
    return due ? jittered(pollMinSeconds) : Math.min(untilOpened, jittered(pollMaxSeconds));
  }
  if (input.phase === "paused") return jittered(Math.max(pollMinSeconds, pollMaxSeconds / 2));
  if (input.phase !== "open" || input.etaSeconds === null) return jittered(pollMaxSeconds);
  return jittered(Math.min(Math.max(input.etaSeconds / 10, pollMinSeconds), pollMaxSeconds));
}
