import { asc, eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { auditLog } from "../../../db/schema/bookings.ts";
import { eventPerformers, events, tickets } from "../../../db/schema/catalogue.ts";
import { insertEvent, insertPerformer, insertVenue } from "../../../db/testing/factories.ts";
import { createTestOrigin } from "../../testing/test-origin.ts";

const { asAdmin, deps, ask } = await createTestOrigin();
const { db } = deps;

const venue = {
  name: "Hall",
  city: "Bern",
  country: "CH",
  timeZone: "Europe/Zurich",
  alternateNames: ["The Hall"],
};
const times = {
  startsAt: "2030-06-11T19:00:00Z",
  endsAt: "2030-06-11T23:00:00+02:00",
  onSaleAt: "2029-06-11T19:00:00Z",
};

async function write(method: string, path: string, body: unknown, headers = {}) {
  const res = await asAdmin(path, { method, body, headers });
  const answer = (await res.json()) as Record<string, unknown>;
  return { status: res.status, answer, etag: res.headers.get("ETag") ?? "", res };
}

async function lineUp(eventId: string): Promise<string[]> {
  const rows = await db
    .select()
    .from(eventPerformers)
    .where(eq(eventPerformers.eventId, BigInt(eventId)))
    .orderBy(asc(eventPerformers.position));
  return rows.map(({ performerId }) => String(performerId));
}

test("a venue is made, changed, and each is audited with who and why", async () => {
  const made = await write("POST", "/admin/venues", venue);
  expect(made.status).toBe(201);
  expect(made.answer).toMatchObject({ ...venue, latitude: null, capacity: null });
  const path = `/admin/venues/${String(made.answer["id"])}`;
  const changed = await write("PATCH", path, { city: "Basel" });
  expect(changed.status).toBe(200);
  expect(changed.answer).toEqual({ ...made.answer, city: "Basel" });

  const audited = await db
    .select()
    .from(auditLog)
    .where(eq(auditLog.entityId, String(made.answer["id"])));
  expect(audited).toMatchObject([
    { action: "venue.create", actor: "ada", requestId: "test-request", detail: { name: "Hall" } },
    { action: "venue.update", actor: "ada", requestId: "test-request", detail: { city: "Basel" } },
  ]);
});

test("a performer is made and changed", async () => {
  const input = { name: "Beyoncé", genre: "R&B", alternateNames: ["Queen Bey"] };
  const made = await write("POST", "/admin/performers", input);
  expect([made.status, made.answer]).toMatchObject([201, { ...input, description: "" }]);
  const path = `/admin/performers/${String(made.answer["id"])}`;
  const changed = await write("PATCH", path, { alternateNames: [] });
  expect([changed.status, changed.answer]).toMatchObject([200, { ...input, alternateNames: [] }]);
});

test.each([
  ["venue", async () => `/admin/venues/${(await insertVenue(db)).id}`],
  ["performer", async () => `/admin/performers/${(await insertPerformer(db)).id}`],
  ["event", async () => `/admin/events/${(await insertEvent(db)).id}`],
])("a %s that changed since it was read is not overwritten", async (_what, makePath) => {
  const path = await makePath();
  const first = await write("PATCH", path, { name: "First" });
  const second = await write("PATCH", path, { name: "Second" }, { "If-Match": first.etag });
  expect([second.status, second.answer["name"]]).toEqual([200, "Second"]);
  expect(second.etag).not.toBe(first.etag);
  const late = await write("PATCH", path, { name: "Late" }, { "If-Match": first.etag });
  expect([late.status, late.answer["code"]]).toEqual([412, "precondition-failed"]);
  const any = await write("PATCH", path, { name: "Any" }, { "If-Match": "*" });
  expect([any.status, any.answer["name"]]).toEqual([200, "Any"]);
});

test("of writers who all saw the same state exactly one wins", async () => {
  const event = await insertEvent(db);
  const results = await Promise.all(
    ["a", "b", "c", "d"].map((name) =>
      write("PATCH", `/admin/events/${event.id}`, { name }, { "If-Match": '"1"' }),
    ),
  );
  expect(results.map(({ status }) => status).sort()).toEqual([200, 412, 412, 412]);
});

test("an event is made as a draft with its performers in order, and published by a change", async () => {
  const [hall, headliner, other] = [
    await insertVenue(db, { timeZone: "America/Mexico_City" }),
    await insertPerformer(db),
    await insertPerformer(db),
  ];
  const made = await write("POST", "/admin/events", {
    name: "Night",
    ...times,
    venueId: String(hall.id),
    performerId: String(headliner.id),
    performerIds: [other.id, headliner.id].map(String),
    ticketLimit: 4,
  });
  expect(made.status).toBe(201);
  expect(made.answer).toMatchObject({
    name: "Night",
    status: "draft",
    startsAt: "2030-06-11T19:00:00.000Z",
    endsAt: "2030-06-11T21:00:00.000Z",
    timeZone: "America/Mexico_City",
    version: 1,
    admission: "open",
  });
  const id = String(made.answer["id"]);
  expect(made.res.headers.get("Location")).toBe(`/events/${id}`);
  expect(await lineUp(id)).toEqual([headliner.id, other.id].map(String));
  const published = await write("PATCH", `/admin/events/${id}`, { status: "published" });
  expect(published.answer).toMatchObject({ status: "published", version: 2 });
  expect(published.etag).toBe('"2"');
  expect((await ask(`/events/${id}`)).status).toBe(200);
});

test("the tag of an event's view is good for changing the event", async () => {
  const event = await insertEvent(db);
  const view = await ask(`/events/${event.id}`);
  const seen = { "If-Match": view.headers.get("ETag") ?? "" };
  expect((await write("PATCH", `/admin/events/${event.id}`, { name: "x" }, seen)).status).toBe(200);
  expect((await write("PATCH", `/admin/events/${event.id}`, { name: "y" }, seen)).status).toBe(412);
});

test("a new headliner keeps the others; new others keep the headliner", async () => {
  const [a, b, c] = [
    String((await insertPerformer(db)).id),
    String((await insertPerformer(db)).id),
    String((await insertPerformer(db)).id),
  ] as const;
  const event = await insertEvent(db, { performerId: BigInt(a) }, [BigInt(b)]);
  const path = `/admin/events/${event.id}`;
  await write("PATCH", path, { performerId: c });
  expect(await lineUp(String(event.id))).toEqual([c, b]);
  await write("PATCH", path, { performerIds: [a] });
  expect(await lineUp(String(event.id))).toEqual([c, a]);
});

test("unknown references are named by field, and nothing is made", async () => {
  const before = await db.$count(events);
  const known = String((await insertPerformer(db)).id);
  const res = await write("POST", "/admin/events", {
    name: "Night",
    ...times,
    venueId: "999999999",
    performerId: "999999998",
    performerIds: [known, "999999997"],
  });
  expect([res.status, res.answer["errors"]]).toEqual([
    422,
    [
      { path: "venueId", message: "is not a known venue" },
      { path: "performerId", message: "is not a known performer" },
      { path: "performerIds.1", message: "is not a known performer" },
    ],
  ]);
  expect(await db.$count(events)).toBe(before);
});

test.each([
  ["endsAt", { endsAt: "2000-01-01T00:00:00Z" }],
  ["startsAt", { startsAt: "2100-01-01T00:00:00Z" }],
])("a change of %s alone must fit the time that stays", async (path, patch) => {
  const event = await insertEvent(db);
  const res = await write("PATCH", `/admin/events/${event.id}`, patch);
  expect([res.status, res.answer["errors"]]).toMatchObject([422, [{ path }]]);
});

test.each(["venues", "performers", "events"])("an unknown one of %s is not found", async (kind) => {
  for (const id of ["999999999", "abc"]) {
    const res = await write("PATCH", `/admin/${kind}/${id}`, { name: "x" });
    expect([res.status, res.answer["code"]]).toEqual([404, "not-found"]);
  }
});

test("a change of nothing is refused", async () => {
  const event = await insertEvent(db);
  expect((await write("PATCH", `/admin/events/${event.id}`, {})).status).toBe(422);
});

test("a cancelled event is off sale for good, and cancelling again changes nothing", async () => {
  const event = await insertEvent(db);
  const path = `/admin/events/${event.id}`;
  const first = await write("POST", `${path}/cancel`, undefined);
  expect([first.status, first.answer]).toMatchObject([200, { status: "cancelled", version: 2 }]);
  const again = await write("POST", `${path}/cancel`, undefined);
  expect([again.status, again.answer]).toMatchObject([200, { version: 2 }]);
  const back = await write("PATCH", path, { status: "published" });
  expect([back.status, back.answer["code"]]).toEqual([409, "conflict"]);
  const more = await write("POST", `${path}/tickets`, section("A"));
  expect([more.status, more.answer["code"]]).toEqual([409, "conflict"]);
  const audited = await db
    .select()
    .from(auditLog)
    .where(eq(auditLog.entityId, String(event.id)));
  expect(audited.filter(({ action }) => action === "event.cancel")).toHaveLength(1);
});

function section(name: string, currency = "EUR") {
  return {
    sections: [{ name, rows: 28, seatsPerRow: 3, price: { amount: 5000, currency } }],
  };
}

test("sections of tickets are made in seating order, in one currency, each section once", async () => {
  const event = await insertEvent(db);
  const path = `/admin/events/${event.id}/tickets`;
  const made = await write("POST", path, section("A"));
  expect([made.status, made.answer]).toEqual([
    201,
    { eventId: String(event.id), created: 84, version: 2 },
  ]);
  const rows = await db
    .select()
    .from(tickets)
    .where(eq(tickets.eventId, event.id))
    .orderBy(asc(tickets.id));
  expect(rows).toHaveLength(84);
  expect(rows[0]).toMatchObject({ row: "A", seat: "1", rowIndex: 0, seatIndex: 0, price: 5000 });
  expect(rows[77]).toMatchObject({ row: "Z", seat: "3", rowIndex: 25, seatIndex: 2 });
  expect(rows[83]).toMatchObject({ row: "AB", seat: "3", rowIndex: 27, seatIndex: 2 });

  const again = await write("POST", path, section("A"));
  expect([again.status, again.answer["code"]]).toEqual([409, "conflict"]);
  const other = await write("POST", path, section("B", "USD"));
  expect([other.status, other.answer["errors"]]).toMatchObject([
    422,
    [{ path: "sections.0.price.currency" }],
  ]);
  expect(await db.$count(tickets, eq(tickets.eventId, event.id))).toBe(84);
});

test("60,000 tickets are one request, and one view", async () => {
  const event = await insertEvent(db);
  const price = { amount: 12500, currency: "EUR" };
  const sections = Array.from({ length: 40 }, (_, index) => ({
    name: String(100 + index),
    rows: 30,
    seatsPerRow: 50,
    price,
  }));
  const made = await write("POST", `/admin/events/${event.id}/tickets`, { sections });
  expect(made.answer["created"]).toBe(60_000);
  const view = (await (await ask(`/events/${event.id}`)).json()) as { tickets: { id: string }[] };
  expect(view.tickets).toHaveLength(60_000);
  expect(view.tickets.at(-1)).toMatchObject({ section: "139", row: "AD", seat: "50", price });
});

test("the audit log is read in pages, latest first", async () => {
  const res = await asAdmin("/admin/audit?page=1&pageSize=2");
  const first = (await res.json()) as { records: { id: string }[]; total: number };
  expect(first.records).toHaveLength(2);
  expect(Number(first.records[0]?.id)).toBeGreaterThan(Number(first.records[1]?.id));
  const next = await asAdmin("/admin/audit?page=2&pageSize=2");
  const second = (await next.json()) as { records: { id: string }[] };
  expect(Number(second.records[0]?.id)).toBeLessThan(Number(first.records[1]?.id));
  expect((await asAdmin("/admin/audit?page=0")).status).toBe(422);
});

test("a write that is repeated with its key is done once, and answered the same", async () => {
  const headers = { "Idempotency-Key": crypto.randomUUID() };
  const first = await write("POST", "/admin/performers", { name: "Once" }, headers);
  const again = await write("POST", "/admin/performers", { name: "Once" }, headers);
  expect(again.res.headers.get("Idempotency-Replayed")).toBe("true");
  expect([again.status, again.answer, again.etag]).toEqual([201, first.answer, first.etag]);
  const other = await write("POST", "/admin/performers", { name: "Twice" }, headers);
  expect([other.status, other.answer["code"]]).toEqual([422, "idempotency-key-reused"]);
});
