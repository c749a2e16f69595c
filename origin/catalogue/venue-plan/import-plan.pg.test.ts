import { asc, eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { Plan } from "../../../contracts/plan.ts";
import { SeatingPlanChange } from "../../../contracts/seating-plan.ts";
import { auditLog } from "../../../db/schema/bookings.ts";
import { venuePlans } from "../../../db/schema/venue-plans.ts";
import { insertEvent, insertTickets, insertVenue } from "../../../db/testing/factories.ts";
import { createTestOrigin } from "../../testing/test-origin.ts";

const { asAdmin, ask, deps } = await createTestOrigin();
const { db } = deps;

interface Shape {
  readonly rows?: readonly string[];
  readonly seats?: number;
  readonly shift?: number;
}

/** As pretix' editor exports it: two zones, positions relative, things for drawing that are left out here. */
function seatingPlan({ rows = ["A", "B"], seats = 4, shift = 0 }: Shape = {}) {
  const zone = (name: string, x: number) => ({
    name,
    position: { x, y: 100 },
    areas: [{ shape: "text", position: { x: 0, y: 0 }, text: { text: "Stage" } }],
    rows: rows.map((row, r) => ({
      row_number: row,
      row_number_position: "both",
      position: { x: 5, y: r * 40 },
      seats: Array.from({ length: seats }, (_, s) => ({
        seat_guid: `${name}-${row}-${s + 1}`,
        seat_number: String(s + 1),
        position: { x: s * 30 + (row === "B" ? shift : 0), y: 0 },
        category: name === "Stalls" ? "near" : "far",
      })),
    })),
  });
  return {
    name: "Great hall",
    categories: [
      { name: "near", color: "#c00" },
      { name: "far", color: "#00c" },
    ],
    zones: [zone("Stalls", 0), zone("Circle", 1000)],
    size: { width: 2000, height: 800 },
  };
}

async function put(venueId: bigint, body: unknown, query = "") {
  const res = await asAdmin(`/admin/venues/${venueId}/plan${query}`, { method: "PUT", body });
  return { status: res.status, answer: (await res.json()) as Record<string, unknown> };
}

async function versions(venueId: bigint): Promise<number[]> {
  const rows = await db
    .select({ version: venuePlans.version })
    .from(venuePlans)
    .where(eq(venuePlans.venueId, venueId))
    .orderBy(asc(venuePlans.version));
  return rows.map(({ version }) => version);
}

test("a plan is stored as a version, a dry run changes nothing, the same again neither", async () => {
  const { id } = await insertVenue(db);
  const dry = await put(id, seatingPlan(), "?dryRun");
  expect(dry).toMatchObject({ status: 200, answer: { dryRun: true, version: 1, seats: 16 } });
  expect(await versions(id)).toEqual([]);
  const done = await put(id, seatingPlan());
  expect(SeatingPlanChange.parse(done.answer).added.count).toBe(16);
  expect((await put(id, seatingPlan())).answer).toMatchObject({ version: 1, added: { count: 0 } });
  expect(await versions(id)).toEqual([1]);
  const moved = await put(id, seatingPlan({ rows: ["B", "C"], seats: 3, shift: 7 }));
  expect(moved.answer).toMatchObject({
    version: 2,
    added: {
      count: 6,
      first: expect.arrayContaining([{ section: "Stalls", row: "C", seat: "1" }]),
    },
    removed: { count: 10 },
    moved: { count: 6 },
    lost: { count: 0 },
  });
  const audited = await db
    .select()
    .from(auditLog)
    .where(eq(auditLog.entityId, String(id)));
  expect(audited).toMatchObject([
    { action: "venue.import-plan", actor: "ada", detail: { version: 1, added: 16 } },
    { action: "venue.import-plan", actor: "ada", detail: { version: 2, removed: 10, moved: 6 } },
  ]);
});

test.each([
  ["no zone", { zones: [] }, "zones"],
  ["no name", { name: "" }, "name"],
  [
    "a category that is not there",
    { categories: [{ name: "near" }] },
    "zones.1.rows.0.seats.0.category",
  ],
  ["no categories at all", { categories: undefined }, "categories"],
])("a plan with %s is refused, and the field is named", async (_, wrong, path) => {
  const { id } = await insertVenue(db);
  const refused = await put(id, { ...seatingPlan(), ...wrong });
  expect(refused).toMatchObject({ status: 422, answer: { code: "validation-failed" } });
  const errors = refused.answer["errors"] as { path: string }[];
  expect(errors.map((it) => it.path)).toContain(path);
  expect(await versions(id)).toEqual([]);
});

test("a seat or a guid that is there twice is refused by its place in the file", async () => {
  const { id } = await insertVenue(db);
  const plan = seatingPlan();
  const [zone] = plan.zones;
  const [first, second] = zone?.rows[0]?.seats ?? [];
  if (!first || !second) throw new Error("no seats");
  Object.assign(second, { seat_guid: first.seat_guid, seat_number: first.seat_number });
  const errors = (await put(id, plan)).answer["errors"] as { path: string }[];
  expect(errors.map((it) => it.path)).toEqual([
    "zones.0.rows.0.seats.1.seat_guid",
    "zones.0.rows.0.seats.1.seat_number",
  ]);
});

test("sold seats are never lost: the plan is refused and names them, a dry run says so before", async () => {
  const venue = await insertVenue(db);
  const event = await insertEvent(db, { venueId: venue.id });
  await insertTickets(db, event, { sections: ["Stalls", "Circle"], rows: 2, seatsPerRow: 4 });
  expect((await put(venue.id, seatingPlan())).status).toBe(200);
  const held = await ask(`/bookings/${event.id}`, {
    method: "POST",
    user: "alice",
    body: { bestAvailable: { quantity: 2, section: "Circle" } },
  });
  expect(held.status).toBe(201);
  const smaller = { ...seatingPlan(), zones: seatingPlan().zones.slice(0, 1) };
  const dry = await put(venue.id, smaller, "?dryRun=true");
  expect(dry).toMatchObject({ status: 200, answer: { lost: { count: 2 }, removed: { count: 8 } } });
  const refused = await put(venue.id, smaller);
  expect(refused).toMatchObject({ status: 409, answer: { code: "conflict", lost: { count: 2 } } });
  expect(await versions(venue.id)).toEqual([1]);
});

test("an event whose seats are all measured is drawn where they stand, under a new version", async () => {
  const venue = await insertVenue(db);
  const event = await insertEvent(db, { venueId: venue.id });
  await insertTickets(db, event, { sections: ["Stalls", "Circle"], rows: 2, seatsPerRow: 4 });
  const read = async () => {
    const res = await ask(`/events/${event.id}/plan`);
    return { plan: Plan.parse(await res.json()), etag: res.headers.get("ETag") };
  };
  const before = await read();
  expect(before.plan.coords).toBeUndefined();
  await put(venue.id, seatingPlan());
  const { plan, etag } = await read();
  expect(etag).not.toBe(before.etag);
  const bytes = Buffer.from(plan.coords?.points ?? "", "base64");
  expect(bytes.length).toBe(16 * 4);
  const unit = plan.coords?.unit ?? 0;
  expect(bytes.readInt16LE(4) * unit).toBeCloseTo(1, 1); // neighbours are one pitch apart
  expect(bytes.readInt16LE(4 * 4 + 2) * unit).toBeCloseTo(40 / 30, 1); // the second row, behind the first
});

test("a stadium of 60,000 seats fits into one import", async () => {
  const { id } = await insertVenue(db);
  const [pattern] = seatingPlan({
    rows: Array.from({ length: 25 }, (_, r) => `${r + 1}`),
    seats: 20,
  }).zones;
  if (!pattern) throw new Error("no zone");
  const zones = Array.from({ length: 120 }, (_, nth) => ({
    ...pattern,
    name: `${nth + 101}`,
    rows: pattern.rows.map((row) => ({
      ...row,
      seats: row.seats.map((seat) => ({ ...seat, seat_guid: `${nth}-${seat.seat_guid}` })),
    })),
  }));
  const body = { ...seatingPlan(), zones };
  const done = await put(id, body);
  expect(done).toMatchObject({ status: 200, answer: { seats: 60_000, added: { count: 60_000 } } });
  const tooMuch = { ...body, padding: "x".repeat(8 * 1024 * 1024) };
  expect((await put(id, tooMuch)).status).toBe(413);
});

test("a plan for a venue that is not there, and one from somebody else, are refused", async () => {
  expect((await put(999_999n, seatingPlan())).status).toBe(404);
  const { id } = await insertVenue(db);
  const res = await ask(`/admin/venues/${id}/plan`, {
    method: "PUT",
    user: "alice",
    body: seatingPlan(),
  });
  expect(res.status).toBe(403);
});
