import { expect, test } from "vitest";
import { createTestOrigin } from "../testing/test-origin.ts";
import { bookingIn, createBookingClient, newUser, problemIn } from "./testing/booking-client.ts";
import { countedDb, countedRedis } from "./testing/counted.ts";

const statements = { asked: 0 };
const commands = { asked: 0 };
const origin = await createTestOrigin((deps) => ({
  db: countedDb(deps.db, statements),
  redis: countedRedis(deps.redis, commands),
}));
const client = createBookingClient(origin);
const { database } = origin;
const hour = 3_600_000;

test("named tickets are held for their user, with total, expiry and address", async () => {
  const { id, ids } = await client.makeEvent({ price: 4_500, currency: "EUR" });
  const user = newUser();
  const answer = await client.place(user, id, { ticketIds: ids.slice(0, 2) });
  const booking = bookingIn(answer);
  expect(booking).toMatchObject({
    eventId: String(id),
    userId: user,
    status: "held",
    total: { amount: 9_000, currency: "EUR" },
    confirmedAt: null,
    tickets: [
      { id: ids[0], section: "A", row: "A", seat: "1", status: "held" },
      { id: ids[1], section: "A", row: "A", seat: "2", price: { amount: 4_500, currency: "EUR" } },
    ],
  });
  expect(answer.headers.get("Location")).toBe(`/bookings/${booking.id}`);
  const seconds = (Date.parse(booking.expiresAt ?? "") - Date.parse(booking.createdAt)) / 1000;
  expect(seconds).toBe(origin.deps.holdSeconds);
  expect(bookingIn(await client.get(user, booking.id), 200)).toEqual(booking);
});

test("a hold costs one round trip to Postgres and one to Redis once its event is known", async () => {
  const { id, ids } = await client.makeEvent();
  bookingIn(await client.place(newUser(), id, { ticketIds: [ids[0]] }));
  [statements.asked, commands.asked] = [0, 0];
  const user = newUser();
  const { id: bookingId } = bookingIn(await client.place(user, id, { ticketIds: [ids[1]] }));
  expect([statements.asked, commands.asked]).toEqual([1, 1]);
  bookingIn(await client.confirm(user, bookingId), 200);
  expect([statements.asked, commands.asked]).toEqual([2, 1]);
});

test("tickets that somebody else holds are refused, by Redis alone, with others of the same price", async () => {
  const { id, ids } = await client.makeEvent({ rows: 3, seatsPerRow: 10 });
  bookingIn(await client.place(newUser(), id, { ticketIds: ids.slice(0, 2) }));
  await client.place(newUser(), id, { ticketIds: ids.slice(0, 2) });
  [statements.asked, commands.asked] = [0, 0];
  const problem = problemIn(await client.place(newUser(), id, { ticketIds: [ids[1], ids[2]] }));
  expect(problem).toMatchObject({ code: "tickets-unavailable", unavailable: [ids[1]] });
  expect(problem.alternatives?.length).toBeGreaterThan(0);
  for (const group of problem.alternatives ?? []) {
    expect(group).toHaveLength(2);
    expect(ids.indexOf(group[1] ?? "")).toBe(ids.indexOf(group[0] ?? "") + 1);
    expect(group).not.toContain(ids[1]);
  }
  expect(statements.asked).toBe(0);
  bookingIn(await client.place(newUser(), id, { ticketIds: problem.alternatives?.[0] ?? [] }));
});

test("a refusal locks nothing: the free one of two tickets can be held by others at once", async () => {
  const { id, ids } = await client.makeEvent();
  bookingIn(await client.place(newUser(), id, { ticketIds: [ids[0]] }));
  problemIn(await client.place(newUser(), id, { ticketIds: [ids[1], ids[0]] }));
  bookingIn(await client.place(newUser(), id, { ticketIds: [ids[1]] }));
});

test("booked tickets are refused; from the second time on without Postgres", async () => {
  const { id, ids } = await client.makeEvent();
  const user = newUser();
  const { id: bookingId } = bookingIn(await client.place(user, id, { ticketIds: [ids[0]] }));
  bookingIn(await client.confirm(user, bookingId), 200);
  await dropLocks(id);
  const refused = () => client.place(newUser(), id, { ticketIds: [ids[0]] });
  expect(problemIn(await refused()).unavailable).toEqual([ids[0]]);
  statements.asked = 0;
  expect(problemIn(await refused()).code).toBe("tickets-unavailable");
  expect(statements.asked).toBe(0);
});

test("of many who want the same tickets at once one gets them", async () => {
  const { id, ids } = await client.makeEvent();
  const answers = await Promise.all(
    Array.from({ length: 40 }, (_, at) =>
      client.place(newUser(), id, { ticketIds: at % 2 ? ids.slice(0, 2) : ids.slice(1, 3) }),
    ),
  );
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
  expect(answers.filter(({ status }) => status === 409)).toHaveLength(39);
});

test("when Redis has lost its locks Postgres refuses what is held, and Redis knows it again", async () => {
  const { id, ids } = await client.makeEvent();
  bookingIn(await client.place(newUser(), id, { ticketIds: ids.slice(0, 2) }));
  await dropLocks(id);
  const refused = () => client.place(newUser(), id, { ticketIds: ids.slice(1, 3) });
  expect(problemIn(await refused()).unavailable).toEqual([ids[1]]);
  statements.asked = 0;
  expect(problemIn(await refused()).unavailable).toEqual([ids[1]]);
  expect(statements.asked).toBe(0);
  bookingIn(await client.place(newUser(), id, { ticketIds: [ids[2]] }));
});

test("tickets of an expired hold can be held by others, and the hold reads as expired", async () => {
  const { id, ids } = await client.makeEvent();
  const [late, next] = [newUser(), newUser()];
  const first = bookingIn(await client.place(late, id, { ticketIds: ids.slice(0, 2) }));
  await client.expire(first.id);
  await dropLocks(id);
  expect(bookingIn(await client.get(late, first.id), 200)).toMatchObject({
    status: "expired",
    expiresAt: null,
  });
  bookingIn(await client.place(next, id, { ticketIds: ids.slice(1, 3) }));
  expect(bookingIn(await client.get(late, first.id), 200).status).toBe("expired");
  bookingIn(await client.place(next, id, { ticketIds: [ids[0]] }));
});

test.each([
  ["not yet on sale", { onSaleAt: new Date(Date.now() + hour) }],
  ["cancelled", { status: "cancelled" as const }],
  ["over", { startsAt: new Date(Date.now() - 9 * hour), endsAt: new Date(Date.now() - hour) }],
])("tickets of an event that is %s are not for sale", async (_, fields) => {
  const { id, ids } = await client.makeEvent({}, fields);
  const problem = problemIn(await client.place(newUser(), id, { ticketIds: [ids[0]] }));
  expect(problem.code).toBe("sale-not-open");
});

test("a sale that ends meanwhile is noticed by Postgres, and the locks are given back", async () => {
  const { id, ids } = await client.makeEvent();
  problemIn(await client.place(newUser(), id, { ticketIds: ["1"] }));
  await database.pool.query(
    "UPDATE events SET on_sale_at = now() + interval '1 hour' WHERE id = $1",
    [id],
  );
  const problem = problemIn(await client.place(newUser(), id, { ticketIds: [ids[0]] }));
  expect(problem.code).toBe("sale-not-open");
  expect(await origin.deps.redis.zcard(`{${id}}:locks`)).toBe(0);
});

test("an event that is a draft, or not there, is not found", async () => {
  const { id, ids } = await client.makeEvent({}, { status: "draft" });
  for (const eventId of [id, "999999999999999", "seat", "0"]) {
    const answer = await client.place(newUser(), eventId, { ticketIds: [ids[0]] });
    expect(problemIn(answer).code).toBe("not-found");
  }
});

test.each([
  [{}, ""],
  [{ ticketIds: [] }, "ticketIds"],
  [{ ticketIds: ["7", "7"] }, "ticketIds"],
  [{ ticketIds: ["seven"] }, "ticketIds.0"],
  [{ ticketIds: [7] }, "ticketIds.0"],
  [{ ticketIds: Array.from({ length: 9 }, (_, at) => String(at + 1)) }, "ticketIds"],
  [{ ticketIds: ["7"], seats: 2 }, "seats"],
  [{ ticketIds: ["7"], bestAvailable: { quantity: 2 } }, ""],
  [{ bestAvailable: { quantity: 0 } }, "bestAvailable.quantity"],
  [{ bestAvailable: { quantity: 1.5 } }, "bestAvailable.quantity"],
  [{ bestAvailable: { quantity: 2, maxPrice: -1 } }, "bestAvailable.maxPrice"],
])("the body %j is refused with the field's name", async (body, path) => {
  const { id } = await client.makeEvent();
  const problem = problemIn(await client.place(newUser(), id, body));
  expect(problem).toMatchObject({ code: "validation-failed", status: 422 });
  expect(problem.errors?.map((error) => error.path)).toContain(path);
});

test("a ticket of another event is named by its place", async () => {
  const [{ id, ids }, other] = [await client.makeEvent(), await client.makeEvent()];
  const answer = await client.place(newUser(), id, { ticketIds: [ids[0], other.ids[0]] });
  expect(problemIn(answer)).toMatchObject({
    code: "validation-failed",
    errors: [{ path: "ticketIds.1", message: "is not a ticket of this event" }],
  });
  bookingIn(await client.place(newUser(), id, { ticketIds: [ids[0]] }));
});

test("a body that is no JSON, and a request without a user, are refused", async () => {
  const { id, ids } = await client.makeEvent();
  expect(problemIn(await client.place(newUser(), id, "{")).code).toBe("malformed-json");
  expect(problemIn(await client.place("", id, { ticketIds: [ids[0]] })).code).toBe(
    "unauthenticated",
  );
});

test("a user gets no more tickets of an event than its limit, however many requests come at once", async () => {
  const { id, ids } = await client.makeEvent({ rows: 4, seatsPerRow: 10 }, { ticketLimit: 5 });
  const user = newUser();
  const answers = await Promise.all(
    Array.from({ length: 10 }, (_, at) =>
      client.place(user, id, { ticketIds: ids.slice(at * 2, at * 2 + 2) }),
    ),
  );
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(2);
  const problems = answers.filter(({ status }) => status !== 201).map(problemIn);
  expect(new Set(problems.map(({ code }) => code))).toEqual(new Set(["limit-exceeded"]));
  bookingIn(await client.place(user, id, { ticketIds: [ids[30]] }));
  bookingIn(await client.place(newUser(), id, { ticketIds: [ids[31]] }));
});

test("Postgres keeps the limit when Redis does not know what the user has", async () => {
  const { id, ids } = await client.makeEvent({ rows: 4, seatsPerRow: 10 }, { ticketLimit: 3 });
  const user = newUser();
  const first = bookingIn(await client.place(user, id, { ticketIds: ids.slice(0, 2) }));
  bookingIn(await client.confirm(user, first.id), 200);
  await dropLocks(id, user);
  const answers = await Promise.all(
    [4, 6, 8].map((at) => client.place(user, id, { ticketIds: ids.slice(at, at + 2) })),
  );
  expect(answers.map(problemIn).map(({ code }) => code)).toEqual(Array(3).fill("limit-exceeded"));
  bookingIn(await client.place(newUser(), id, { ticketIds: ids.slice(4, 6) }));
});

/** As if Redis had lost them. */
async function dropLocks(id: bigint, user = ""): Promise<void> {
  await origin.deps.redis.del(`{${id}}:locks`, `{${id}}:owners`, `{${id}}:user:${user}`);
}
