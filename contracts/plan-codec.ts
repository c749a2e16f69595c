import type { Ticket } from "./events.ts";
import type { Plan, PlanRun, PlanSection } from "./plan.ts";

/** What the plan says of one seat. */
export interface PlanSeat {
  /** Place in ticket order, which is also the place of its status. */
  readonly index: number;
  readonly id: string;
  readonly section: string;
  readonly row: string;
  readonly seat: string;
  /** Index into `plan.prices`. */
  readonly priceIndex: number;
}

type PlanTicket = Omit<Ticket, "status">;
type Mark = "accessible" | "companion" | "restrictedView";
const marks: readonly Mark[] = ["accessible", "companion", "restrictedView"];

/**
 * Writes the tickets of an event as a compact plan.
 * @param tickets all tickets in ticket order
 * @param version the event's version: a plan never changes within one
 * @throws RangeError when the tickets are priced in several currencies
 */
export function encodePlan(tickets: readonly PlanTicket[], version: number): Plan {
  const currency = tickets[0]?.price.currency ?? "XXX"; // XXX: ISO 4217 for "no currency"
  if (tickets.some((ticket) => ticket.price.currency !== currency)) {
    throw new RangeError("one event, one currency");
  }
  const prices = [...new Set(tickets.map((ticket) => ticket.price.amount))].sort((a, b) => a - b);
  const idJumps = findJumps(tickets);
  const found = marks.flatMap((mark) => {
    const list = rangesOf(tickets, mark);
    return list.length === 0 ? [] : [[mark, list] as const];
  });
  return {
    version,
    currency,
    prices,
    firstTicketId: tickets[0]?.id ?? "",
    ...(idJumps.length === 0 ? {} : { idJumps }),
    sections: encodeSections(tickets, new Map(prices.map((amount, index) => [amount, index]))),
    ...(found.length === 0 ? {} : { marks: Object.fromEntries(found) }),
  };
}

/** Lists the seats of a plan in ticket order: the inverse of {@link encodePlan}, without the marks. */
export function decodePlan(plan: Plan): PlanSeat[] {
  const seats: PlanSeat[] = [];
  const ids = ticketIds(plan);
  for (const section of plan.sections) {
    for (const [row, count, first = 1, step = 1, price = section.priceIndex] of section.rows) {
      for (let nth = 0; nth < count; nth++) {
        const index = seats.length;
        const seat = typeof first === "string" ? first : String(first + nth * step);
        seats.push({ index, id: ids(index), section: section.name, row, seat, priceIndex: price });
      }
    }
  }
  return seats;
}

/** How many tickets a plan has. */
export function countSeats(sections: readonly PlanSection[]): number {
  let count = 0;
  for (const section of sections) for (const run of section.rows) count += run[1];
  return count;
}

/**
 * Gives the function from ticket index to ticket id.
 * @param plan whose ids; they are 64 bits wide, hence the bigint inside
 */
export function ticketIds(plan: Plan): (index: number) => string {
  const starts = [[0, plan.firstTicketId] as const, ...(plan.idJumps ?? [])].map(
    ([index, id]) => [index, BigInt(id)] as const,
  );
  return (index) => {
    let low = 0;
    for (let high = starts.length - 1; low < high;) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle]?.[0] ?? 0) <= index) low = middle;
      else high = middle - 1;
    }
    const [from, id] = starts[low] ?? [0, 0n];
    return String(id + BigInt(index - from));
  };
}

/** The indexes that carry a mark. */
export function markedSeats(plan: Plan, mark: Mark): Set<number> {
  const list = plan.marks?.[mark] ?? [];
  return new Set(
    list.flatMap(([first, count]) => Array.from({ length: count }, (_, nth) => first + nth)),
  );
}

interface Run {
  label: string;
  count: number;
  first: number | string;
  step: number;
  price: number;
}

function encodeSections(
  tickets: readonly PlanTicket[],
  priceIndexOf: ReadonlyMap<number, number>,
): PlanSection[] {
  const sections: { name: string; runs: Run[] }[] = [];
  for (const { section, row, seat, price } of tickets) {
    const index = priceIndexOf.get(price.amount) ?? 0;
    let last = sections.at(-1);
    if (last?.name !== section) sections.push((last = { name: section, runs: [] }));
    const run = last.runs.at(-1);
    const name = plainNumber(seat);
    if (!run || run.label !== row || run.price !== index || !joins(run, name)) {
      last.runs.push({ label: row, count: 1, first: name, step: 1, price: index });
    } else if (typeof name === "number" && typeof run.first === "number") {
      if (run.count === 1) run.step = name - run.first;
      run.count++;
    }
  }
  return sections.map(({ name, runs }) => {
    const priceIndex = commonest(runs);
    return { name, priceIndex, rows: runs.map((run) => shortest(run, priceIndex)) };
  });
}

/** Whether a seat goes on where the run stops; the second seat of a run sets its step. */
function joins(run: Run, name: number | string): boolean {
  if (typeof name === "string" || typeof run.first === "string") return false;
  if (run.count === 1) return name !== run.first && Math.abs(name - run.first) <= 2;
  return name === run.first + run.count * run.step;
}

function shortest(run: Run, sectionPrice: number): PlanRun {
  if (run.price !== sectionPrice) return [run.label, run.count, run.first, run.step, run.price];
  if (run.step !== 1) return [run.label, run.count, run.first, run.step];
  if (run.first !== 1) return [run.label, run.count, run.first];
  return [run.label, run.count];
}

function commonest(runs: readonly Run[]): number {
  const seats = new Map<number, number>();
  for (const run of runs) seats.set(run.price, (seats.get(run.price) ?? 0) + run.count);
  return [...seats].reduce((best, entry) => (entry[1] > best[1] ? entry : best), [0, -1])[0];
}

/** "14" is a number; "014", "1e3" and "12A" are names. */
function plainNumber(seat: string): number | string {
  return /^(0|[1-9]\d{0,8})$/.test(seat) ? Number(seat) : seat;
}

function findJumps(tickets: readonly PlanTicket[]): [number, string][] {
  const jumps: [number, string][] = [];
  let expected = 0n;
  for (const [index, { id }] of tickets.entries()) {
    const value = BigInt(id);
    if (index > 0 && value !== expected) jumps.push([index, id]);
    expected = value + 1n;
  }
  return jumps;
}

function rangesOf(tickets: readonly PlanTicket[], mark: Mark): [number, number][] {
  const list: [number, number][] = [];
  for (const [index, ticket] of tickets.entries()) {
    if (ticket[mark] !== true) continue;
    const last = list.at(-1);
    if (last && last[0] + last[1] === index) last[1]++;
    else list.push([index, 1]);
  }
  return list;
}
