import { ticketIds } from "../../contracts/plan-codec.ts";
import type { Plan, PlanRun } from "../../contracts/plan.ts";
import { partOf } from "./starts.ts";

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

/** A run of the plan, and what its section adds. */
interface NamedRun {
  readonly section: string;
  readonly run: PlanRun;
  readonly price: number;
}

/**
 * Names seats without keeping an object for each of 60,000: a search over the runs of the plan. What it needs for that
 * is made when first asked for: the first picture of a stadium shows no seat.
 * @param plan whose seats
 */
export function nameSeats(plan: Plan): SeatNames {
  let table: ReturnType<typeof listRuns> | undefined;
  let prices: Uint16Array | undefined;
  const list = () => (table ??= listRuns(plan));
  return {
    get prices() {
      return (prices ??= priceSeats(list()));
    },
    name: (index) => {
      const { runs, starts, ids } = list();
      const nth = partOf(starts, index);
      const { section = "", run, price = 0 } = runs[nth] ?? {};
      const [row = "", , first = 1, step = 1] = run ?? [];
      const seat =
        typeof first === "string" ? first : String(first + (index - (starts[nth] ?? 0)) * step);
      return { id: ids(index), section, row, seat, priceIndex: price };
    },
    indexOf: (ticketId) => {
      // Ids ascend along the plan almost always; where they do not, a scan of the jumps finds them.
      const { total, ids } = list();
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

function listRuns(plan: Plan) {
  const runs = plan.sections.flatMap(({ name, priceIndex, rows }) =>
    rows.map((run): NamedRun => ({ section: name, run, price: run[4] ?? priceIndex })),
  );
  const starts = new Uint32Array(runs.length);
  let total = 0;
  for (const [nth, { run }] of runs.entries()) {
    starts[nth] = total;
    total += run[1];
  }
  return { runs, starts, total, ids: ticketIds(plan) };
}

function priceSeats({ runs, starts, total }: ReturnType<typeof listRuns>): Uint16Array {
  const prices = new Uint16Array(total);
  for (const [nth, { price }] of runs.entries()) prices.fill(price, starts[nth], starts[nth + 1]);
  return prices;
}
