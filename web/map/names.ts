import { ticketIds } from "../../contracts/plan-codec.ts";
import type { Plan } from "../../contracts/plan.ts";

export interface SeatName {
  readonly id: string;
  readonly section: string;
  readonly row: string;
  readonly seat: string;
  readonly priceIndex: number;
}

export interface SeatNames {
  readonly name: (index: number) => SeatName;
  /** Of each seat, as an index into the plan's prices. */
  readonly prices: Uint16Array;
  /** Index of a ticket, or -1. */
  readonly indexOf: (ticketId: string) => number;
}

/**
 * Names seats without keeping an object for each of 60,000: a search over the runs of the plan.
 * @param plan whose seats
 */
export function nameSeats(plan: Plan): SeatNames {
  const runs = plan.sections.flatMap((section) =>
    section.rows.map((run) => ({
      section: section.name,
      run,
      price: run[4] ?? section.priceIndex,
    })),
  );
  const starts = new Uint32Array(runs.length + 1);
  for (const [nth, { run }] of runs.entries()) starts[nth + 1] = (starts[nth] ?? 0) + run[1];
  const ids = ticketIds(plan);
  const prices = new Uint16Array(starts[runs.length] ?? 0);
  for (const [nth, { price }] of runs.entries()) prices.fill(price, starts[nth], starts[nth + 1]);

  const runOf = (index: number) => {
    let [low, high] = [0, runs.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= index) low = middle;
      else high = middle - 1;
    }
    return low;
  };
  return {
    prices,
    name: (index) => {
      const nth = runOf(index);
      const { section = "", run, price = 0 } = runs[nth] ?? {};
      const [row = "", , first = 1, step = 1] = run ?? [];
      const seat =
        typeof first === "string" ? first : String(first + (index - (starts[nth] ?? 0)) * step);
      return { id: ids(index), section, row, seat, priceIndex: price };
    },
    indexOf: (ticketId) => {
      // Ids ascend along the plan almost always; where they do not, a scan of the jumps finds them.
      const total = starts[runs.length] ?? 0;
      const wanted = BigInt(ticketId);
      const froms = [0, ...(plan.idJumps ?? []).map(([index]) => index)];
      for (const from of froms) {
        const index = from + Number(wanted - BigInt(ids(from)));
        if (index >= from && index < total && ids(index) === ticketId) return index;
      }
      return -1;
    },
  };
}
