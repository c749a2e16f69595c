import { expect, test } from "vitest";
import type { Booking } from "../../contracts/bookings.ts";
import { createTestOrigin } from "../testing/test-origin.ts";
import { bookingIn, createBookingClient, newUser, problemIn } from "./testing/booking-client.ts";

const origin = await createTestOrigin();
const client = createBookingClient(origin);

test("the best available are neighbours in the middle of the front row", async () => {
  const { id } = await client.makeEvent({ rows: 5, seatsPerRow: 10 });
  const booking = bookingIn(await client.place(newUser(), id, best(2)));
  expect(seats(booking)).toEqual(["A5", "A6"]);
});

test("160 buyers at once on 8,000 seats all get neighbours, and nobody gets another's", async () => {
  const { id } = await client.makeEvent({ rows: 80, seatsPerRow: 100 });
  const answers = await Promise.all(
    Array.from({ length: 160 }, (_, at) => client.place(newUser(), id, best(1 + (at % 4)))),
  );
  const bookings = answers.map((answer) => bookingIn(answer));
  for (const { tickets } of bookings) {
    expect(new Set(tickets.map(({ row }) => row)).size).toBe(1);
    const numbers = tickets.map(({ seat }) => Number(seat)).sort((a, b) => a - b);
    expect((numbers.at(-1) ?? 0) - (numbers[0] ?? 0)).toBe(tickets.length - 1);
  }
  const sold = bookings.flatMap(({ tickets }) => tickets.map((ticket) => ticket.id));
  expect(new Set(sold).size).toBe(sold.length);
});

test("buyers at once empty a hall to the last seat, with no refusal before", async () => {
  const { id } = await client.makeEvent({ rows: 4, seatsPerRow: 6 });
  const answers = await Promise.all(
    Array.from({ length: 16 }, () => client.place(newUser(), id, best(2))),
  );
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(12);
  for (const answer of answers.filter(({ status }) => status !== 201)) {
    expect(problemIn(answer)).toMatchObject({ code: "tickets-unavailable", unavailable: [] });
  }
});

test.each([
  {
    taken: [0, 1],
    quantity: 2,
    expected: ["B1", "B2"],
    why: "A4 and A5 would leave A3 alone, B2 and B3 B1",
  },
  { taken: [0, 1], quantity: 3, expected: ["A3", "A4", "A5"], why: "nothing is left" },
  { taken: [0], quantity: 2, expected: ["A2", "A3"], why: "A4 and A5 are left to a pair" },
  { taken: [0], quantity: 1, expected: ["A2"], why: "A3 would leave A2 alone" },
])("no single seat is left alone: $quantity get $expected ($why)", async (row) => {
  const { id, ids } = await client.makeEvent({ rows: 2, seatsPerRow: 5 });
  for (const at of row.taken) {
    bookingIn(await client.place(newUser(), id, { ticketIds: [ids[at]] }));
  }
  expect(seats(bookingIn(await client.place(newUser(), id, best(row.quantity))))).toEqual(
    row.expected,
  );
});

test("buyers at once leave no single seat alone either", async () => {
  const { id } = await client.makeEvent({ rows: 6, seatsPerRow: 10 });
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => client.place(newUser(), id, best(2))),
  );
  const taken = new Set(answers.flatMap((answer) => seats(bookingIn(answer))));
  for (const row of ["A", "B", "C", "D", "E", "F"]) {
    const free = Array.from({ length: 12 }, (_, at) => at % 11 !== 0 && !taken.has(`${row}${at}`));
    for (let at = 1; at <= 10; at += 1) {
      expect([row, at, free[at] && !free[at - 1] && !free[at + 1]]).toEqual([row, at, false]);
    }
  }
});

test("a party that finds no row for itself is seated in parts, near one another", async () => {
  const { id, ids } = await client.makeEvent({ rows: 2, seatsPerRow: 5 });
  for (const at of [2, 7]) {
    bookingIn(await client.place(newUser(), id, { ticketIds: [ids[at]] }));
  }
  const party = bookingIn(await client.place(newUser(), id, best(4)));
  expect(seats(party)).toEqual(["A1", "A2", "B1", "B2"]);
});

test("section and price are kept to", async () => {
  const { id } = await client.makeEvent({ sections: ["N", "S"], rows: 2, seatsPerRow: 4 });
  await origin.database.pool.query(
    "UPDATE tickets SET price = 9000 WHERE event_id = $1 AND section = 'N' AND \"row\" = 'A'",
    [id],
  );
  const inSection = bookingIn(await client.place(newUser(), id, best(2, { section: "S" })));
  expect(inSection.tickets.map(({ section }) => section)).toEqual(["S", "S"]);
  const dear = bookingIn(await client.place(newUser(), id, best(4)));
  expect(dear.total.amount).toBe(36_000);
  const cheap = bookingIn(
    await client.place(newUser(), id, best(4, { section: "N", maxPrice: 5_000 })),
  );
  expect(cheap.total.amount).toBe(20_000);
  for (const wish of [
    best(1, { section: "N" }),
    best(1, { maxPrice: 10 }),
    best(1, { section: "Q" }),
  ]) {
    expect(problemIn(await client.place(newUser(), id, wish)).code).toBe("tickets-unavailable");
  }
});

test("seats for wheelchair users and their companions are left to those who ask for them by name", async () => {
  const { id, ids } = await client.makeEvent({ rows: 1, seatsPerRow: 4 });
  await origin.database.pool.query(
    "UPDATE tickets SET accessible = id = $1, companion = id = $2 WHERE event_id = $3",
    [ids[1], ids[2], id],
  );
  expect(problemIn(await client.place(newUser(), id, best(3))).code).toBe("tickets-unavailable");
  const booking = bookingIn(await client.place(newUser(), id, { ticketIds: ids.slice(1, 3) }));
  expect(booking.tickets).toMatchObject([{ accessible: true }, { companion: true }]);
});

test("seats that were booked, cancelled or blocked are known, also without their locks", async () => {
  const { id, ids } = await client.makeEvent({ rows: 1, seatsPerRow: 6 });
  const [user, other] = [newUser(), newUser()];
  const booked = bookingIn(await client.place(user, id, { ticketIds: ids.slice(0, 2) }));
  bookingIn(await client.confirm(user, booked.id), 200);
  const held = bookingIn(await client.place(other, id, { ticketIds: ids.slice(2, 4) }));
  await origin.deps.redis.del(`{${id}}:locks`, `{${id}}:owners`, `{${id}}:user:${user}`);
  expect(seats(bookingIn(await client.place(newUser(), id, best(2))))).toEqual(["A5", "A6"]);
  expect(problemIn(await client.place(newUser(), id, best(2))).code).toBe("tickets-unavailable");
  await client.end(user, booked.id);
  expect(seats(bookingIn(await client.place(newUser(), id, best(2))))).toEqual(["A1", "A2"]);
  await client.end(other, held.id);
  await origin.database.pool.query("UPDATE tickets SET status = 'blocked' WHERE id = $1", [ids[2]]);
  expect(problemIn(await client.place(newUser(), id, best(2))).code).toBe("tickets-unavailable");
  expect(seats(bookingIn(await client.place(newUser(), id, best(1))))).toEqual(["A4"]);
});

test("seats that are added to an event are found", async () => {
  const { id } = await client.makeEvent({ rows: 1, seatsPerRow: 2 });
  bookingIn(await client.place(newUser(), id, best(2)));
  const added = await origin.asAdmin(`/admin/events/${id}/tickets`, {
    method: "POST",
    body: {
      sections: [
        { name: "New", rows: 1, seatsPerRow: 2, price: { amount: 5_000, currency: "GBP" } },
      ],
    },
  });
  expect(added.status).toBe(201);
  const place = () => client.place(newUser(), id, best(2));
  // The event's facts are remembered for some seconds.
  await expect.poll(async () => (await place()).status, { timeout: 20_000 }).toBe(201);
});

function best(quantity: number, wish: { section?: string; maxPrice?: number } = {}) {
  return { bestAvailable: { quantity, ...wish } };
}

function seats({ tickets }: Booking): string[] {
  return tickets.map(({ row, seat }) => `${row}${seat}`);
}
