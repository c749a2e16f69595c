import type { QueuePhase, QueueStatus } from "../../contracts/queue.ts";

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
