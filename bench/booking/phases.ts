import type { Phase } from "./lab.ts";

export interface PlanOptions {
  readonly clients: number;
  readonly seatsPerBooking: number;
  /** At most, of a closed loop. */
  readonly secondsMax: number;
}

/** Holds fall due at this rate, as one hot event's share of a sale. */
export const openLoop = { loop: "hold", perSecond: 400, seconds: 10, connections: 256 } as const;

/** What is measured, in this order: each phase has an event of its own, unless it says whose it goes on with. */
export function planPhases({ clients, seatsPerBooking, secondsMax }: PlanOptions) {
  const sell = { loop: "sell", clients, secondsMax } as const;
  const keyed = { kind: sell, seatsPerBooking, withKeys: true };
  const plain = { kind: sell, seatsPerBooking };
  const many = { ...sell, clients: clients * 2 };
  const few = { ...sell, clients: Math.max(1, clients / 2) };
  const open = { kind: openLoop, hasNewBuyers: true };
  return {
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
    holds: { name: "hold, origin, open loop", target: "origin", ...keyed, ...open },
    bareHolds: { name: "hold, bare prototype, open loop", target: "bare", ...plain, ...open },
    refused: {
      name: "refuse, origin",
      target: "origin",
      kind: { loop: "refuse", clients, seconds: 5 },
      seatsPerBooking,
      isCounted: true,
    },
  } satisfies Record<string, Phase>;
}

export type Case = keyof ReturnType<typeof planPhases>;

/** What runs before, so that nothing is measured while it is still being compiled. */
export function planWarmUps(
  { clients, seatsPerBooking }: PlanOptions,
  targets: ReadonlySet<Phase["target"]>,
): Phase[] {
  const kind = { loop: "sell", clients, secondsMax: 8 } as const;
  const warm = { kind, seatsPerBooking, withKeys: true } as const;
  const edges = ["edge", "edge-direct", "bare-edge", "bare-edge-direct"] as const;
  return [
    { name: "warm-up, origin", target: "origin", ...warm },
    ...(edges.some((edge) => targets.has(edge))
      ? [{ name: "warm-up, edge", target: "edge" as const, ...warm }]
      : []),
  ];
}
