import type { Percentiles } from "../percentiles.ts";
import type { Buyer } from "./request.ts";

/** What the load process is told to do; it lives for one plan. */
export interface LoadPlan {
  readonly url: string;
  /** Who is asked, and so what a request carries. */
  readonly target: "edge" | "origin" | "baseline";
  /** For `origin`: the edge's keys as JSON. */
  readonly signingKeys: string;
  readonly buyers: readonly Buyer[];
  readonly eventId: string;
  readonly ticketIds: readonly string[];
  readonly seatsPerBooking: number;
  readonly kind: LoadKind;
  /** With an `Idempotency-Key` for each hold. */
  readonly withKeys: boolean;
}

export type LoadKind =
  /** Each client holds and confirms the next seats that nobody asked for yet, until there are none or time is up. */
  | { readonly loop: "sell"; readonly clients: number; readonly secondsMax: number }
  /** Holds fall due at a fixed rate, whatever the server does. */
  | {
      readonly loop: "hold";
      readonly perSecond: number;
      readonly seconds: number;
      readonly connections: number;
    }
  /** Each client asks again and again for seats that somebody else holds. */
  | { readonly loop: "refuse"; readonly clients: number; readonly seconds: number };

export interface LoadOutcome {
  readonly seconds: number;
  readonly confirmed: number;
  readonly holds: number;
  /** Answers by step and status, such as `hold 201`; 0 stands for no answer at all. */
  readonly statuses: Readonly<Record<string, number>>;
  readonly hold: Percentiles & { readonly p999: number };
  readonly confirm: Percentiles;
  /** CPU time of the load process itself while it ran, in milliseconds. */
  readonly cpuMs: number;
}
