import fc from "fast-check";
import { expect, test } from "vitest";
import { packStatuses } from "./availability-bits.ts";
import type { Ticket, TicketStatus } from "./events.ts";
import { countSeats, decodePlan, encodePlan, markedSeats, ticketIds } from "./plan-codec.ts";
import { Plan } from "./plan.ts";

const seatName = fc.oneof(
  fc.integer({ min: 0, max: 99 }).map(String),
  fc.constantFrom("01", "12A", "", "1e3"),
);
const tickets: fc.Arbitrary<Ticket[]> = fc
  .array(
    fc.record({
      gap: fc.constantFrom(1n, 1n, 1n, 2n, 900_719_925_474_099n),
      section: fc.constantFrom("101", "102", "Floor"),
      row: fc.constantFrom("A", "B"),
      seat: seatName,
      amount: fc.constantFrom(2500, 5000, 12_500),
      accessible: fc.boolean(),
    }),
    { maxLength: 60 },
  )
  .map((list) => {
    let id = 0n;
    return list.map(({ gap, amount, accessible, ...seat }) => ({
      id: String((id += gap)),
      ...seat,
      price: { amount, currency: "EUR" },
      status: "available" as const,
      ...(accessible ? { accessible } : {}),
    }));
  });

test("a plan gives back every ticket's id, names, price and marks, in order", () => {
  fc.assert(
    fc.property(tickets, (list) => {
      const plan = Plan.parse(JSON.parse(JSON.stringify(encodePlan(list, 3))));
      const marked = markedSeats(plan, "accessible");
      const back = decodePlan(plan).map(({ index, priceIndex, ...seat }) => ({
        ...seat,
        price: { amount: plan.prices[priceIndex], currency: plan.currency },
        status: "available",
        ...(marked.has(index) ? { accessible: true } : {}),
      }));
      expect(back).toEqual(list);
      expect(countSeats(plan.sections)).toBe(list.length);
    }),
  );
});

test("a row with a gap and a row of odd seats stay two runs and one run", () => {
  const seats = ["1", "2", "3", "7", "8"].map((seat) => ticket("A", seat));
  const odd = ["1", "3", "5"].map((seat) => ticket("B", seat));
  const plan = encodePlan([...seats, ...odd], 1);
  expect(plan.sections).toEqual([
    {
      name: "1",
      priceIndex: 0,
      rows: [
        ["A", 3],
        ["A", 2, 7],
        ["B", 3, 1, 2],
      ],
    },
  ]);
});

test("ids beyond 2^53 are not rounded", () => {
  const plan = encodePlan(
    [ticket("A", "1", "900719925474099267"), ticket("A", "2", "900719925474099268")],
    1,
  );
  expect(ticketIds(plan)(1)).toBe("900719925474099268");
});

test("tickets in two currencies are refused", () => {
  const dollars = { ...ticket("A", "2"), price: { amount: 1, currency: "USD" } };
  expect(() => encodePlan([ticket("A", "1"), dollars], 1)).toThrow(RangeError);
});

test("the plan and the statuses of 60,000 seats fit 15 kB compressed, half of them sold in small groups", async () => {
  const stadium = Array.from({ length: 60_000 }, (_, index) => {
    const section = Math.floor(index / 500);
    const row = String(Math.floor((index % 500) / 20) + 1);
    const name = String((Math.floor(section / 40) + 1) * 100 + (section % 40));
    return { ...ticket(row, String((index % 20) + 1), String(index + 1)), section: name };
  });
  const plan = await gzippedBytes(JSON.stringify(encodePlan(stadium, 1)));
  const statuses = await gzippedBytes(packStatuses(soldInGroups(stadium.length)));
  expect(plan).toBeLessThan(5_400);
  expect(plan + statuses).toBeLessThan(15_000);
});

/** Groups of 1 to 6 neighbours, half of them gone, a few of those only held. */
function soldInGroups(count: number): TicketStatus[] {
  const list: TicketStatus[] = [];
  let random = 7;
  const next = (below: number) => (random = (random * 48_271) % 2_147_483_647) % below;
  while (list.length < count) {
    const status = (["available", "booked", "available", "booked", "held"] as const)[next(5)];
    for (let left = 1 + next(6); left > 0 && list.length < count; left--)
      list.push(status ?? "held");
  }
  return list;
}

async function gzippedBytes(text: string): Promise<number> {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
  return (await new Response(stream).bytes()).length;
}

function ticket(row: string, seat: string, id = seat): Ticket {
  return {
    id,
    section: "1",
    row,
    seat,
    price: { amount: 2500, currency: "EUR" },
    status: "available",
  };
}
