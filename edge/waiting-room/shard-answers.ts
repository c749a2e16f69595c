import type { QueuePhase, QueueStatus } from "../../contracts/queue.ts";
import type { ClaimOutcome } from "./core/share-grants.ts";

/** A place in the shop is looked for again after this, when it is full, in seconds. */
export const fullRetrySeconds = 3;

export type JoinAnswer =
  | {
      readonly status: "joined";
      readonly number: number;
      /** False when the place was there before. */
      readonly created: boolean;
      readonly phase: QueuePhase;
    }
  | { readonly status: "closed" }
  /** The generation is over: ask the registry which one is current. */
  | { readonly status: "no-room" }
  | { readonly status: "unavailable" };

export type ClaimAnswer =
  | { readonly status: "admitted"; readonly number: number; readonly expiresAt: number }
  | { readonly status: "not-served"; readonly retryAfterSeconds: number }
  | { readonly status: "expired" }
  | { readonly status: "sold-out" }
  | { readonly status: "no-room" }
  | { readonly status: "unavailable" };

export type StatusAnswer =
  | { readonly status: "known"; readonly document: QueueStatus; readonly ageMs: number }
  | { readonly status: "no-room" }
  | { readonly status: "unavailable" };

/** @returns what a claimant hears of the outcome, or null while it goes on waiting */
export function answerOf(number: number, outcome: ClaimOutcome): ClaimAnswer | null {
  switch (outcome.status) {
    case "admitted":
      return { ...outcome, number };
    case "expired":
      return outcome;
    case "full":
      return { status: "not-served", retryAfterSeconds: fullRetrySeconds };
    case "waits":
      return null;
    default:
      return outcome satisfies never;
  }
}
