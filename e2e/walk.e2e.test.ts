import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Booking } from "../contracts/bookings.ts";
import type { EventView, Ticket } from "../contracts/events.ts";
import type { Problem } from "../contracts/problem.ts";
import type { SearchResult } from "../contracts/search.ts";
import { type Api, eventually, openApi } from "./api.ts";
import { startWholeStack, type WholeStack } from "./whole-stack.ts";

/**
 * The main job as the README tells it, on the real stack and a real programme: import, search, view, hold, confirm,
 * conflict, and the search document that follows through the change stream.
 */
const root = join(import.meta.dirname, "..");
const programme = join(root, "../shared/data/worldcup-2026.jsonld");
const run = promisify(execFile);

let stack: WholeStack;
let api: Api;
let alice: string;
let bob: string;

beforeAll(async () => {
  stack = await startWholeStack({ seed: "none" });
  api = openApi(stack.edgeUrl);
  [alice, bob] = await Promise.all([stack.token("alice"), stack.token("bob")]);
});

afterAll(async () => {
  await stack?.stop();
});

test("a stranger imports a programme, finds, views, holds and books, and nobody else gets the seats", async () => {
  const imported = await run(
    process.execPath,
    ["dev/import.ts", programme, "--days-later", "1461"],
    { cwd: root, env: { ...process.env, DATABASE_URL: stack.databaseUrl } },
  );
  expect(imported.stdout).toContain("104");

  const found = await eventually("the misspelt search finds Mexico's matches", async () => {
    const { status, body } = await api<SearchResult>("GET", "/events/search?keyword=mexco");
    expect(status).toBe(200);
    return body.degraded || body.total < 3 ? undefined : body.events;
  });
  expect(found.slice(0, 3).every((event) => event.name.includes("Mexico"))).toBe(true);
  const event = found[0];
  if (!event) throw new Error("nothing found");

  const view = await api<EventView>("GET", `/events/${event.id}`);
  expect(view.status).toBe(200);
  expect(view.body.event).toMatchObject({ id: event.id, name: event.name, status: "published" });
  expect(view.body.venue).toMatchObject({ name: event.venue.name, country: event.venue.country });
  expect(view.body.performers.map((performer) => performer.name)).toContain("Mexico");
  const [first, second] = freeNeighbours(view.body.tickets ?? []);
  const wanted = { ticketIds: [first.id, second.id] };

  const held = await api<Booking>("POST", `/bookings/${event.id}`, { token: alice, body: wanted });
  expect(held.status).toBe(201);
  expect(held.headers.get("location")).toBe(`/bookings/${held.body.id}`);
  expect(held.body).toMatchObject({ status: "held", userId: "alice", eventId: event.id });

  const confirmed = await api<Booking>("POST", `/bookings/${held.body.id}/confirm`, {
    token: alice,
  });
  expect(confirmed.body.status).toBe("confirmed");

  await eventually("the view says booked", async () => {
    const { body } = await api<EventView>("GET", `/events/${event.id}`);
    const statuses = body.tickets
      ?.filter((it) => wanted.ticketIds.includes(it.id))
      .map((it) => it.status);
    return statuses?.every((status) => status === "booked") || undefined;
  });

  const refused = await api<Problem>("POST", `/bookings/${event.id}`, { token: bob, body: wanted });
  expect(refused.status).toBe(409);
  expect(refused.body.code).toBe("tickets-unavailable");
  expect(refused.body.unavailable?.toSorted()).toEqual(wanted.ticketIds.toSorted());
  const [alternative] = refused.body.alternatives ?? [];
  expect(alternative).toHaveLength(2);
  const instead = await api<Booking>("POST", `/bookings/${event.id}`, {
    token: bob,
    body: { ticketIds: alternative },
  });
  expect(instead.status).toBe(201);

  expect((await api("GET", `/bookings/${held.body.id}`, { token: bob })).status).toBe(404);
});

test("the search document's availability follows the sale through the change stream", async () => {
  const admin = await stack.token("root", ["admin"]);
  const eventId = await smallEvent(admin);
  const search = async () => {
    const path = "/events/search?keyword=chamber+evening";
    const { status, body } = await api<SearchResult>("GET", path);
    if (status !== 200 || body.degraded) return undefined;
    return body.events.find((it) => it.id === eventId)?.availability;
  };
  await eventually("it is found", async () =>
    (await search()) === "available" ? true : undefined,
  );
  const held = await api<Booking>("POST", `/bookings/${eventId}`, {
    token: alice,
    body: { bestAvailable: { quantity: 4 } },
  });
  expect(held.status).toBe(201);
  await api("POST", `/bookings/${held.body.id}/confirm`, { token: alice });
  await eventually(
    "it is sold out",
    async () => ((await search()) === "sold-out" ? true : undefined),
    30_000, // the answer of a search is fresh for 10 s
  );
});

/** An event with four seats, made through the admin API. */
async function smallEvent(token: string): Promise<string> {
  const create = async (path: string, body: unknown) => {
    const answer = await api<{ id: string }>("POST", path, { token, body });
    expect(answer.status).toBe(201);
    return answer.body.id;
  };
  const venueId = await create("/admin/venues", {
    name: "Small Hall",
    city: "Graz",
    country: "AT",
    timeZone: "Europe/Vienna",
  });
  const performerId = await create("/admin/performers", { name: "Quartet of Four" });
  const dayMs = 86_400_000;
  const at = (days: number) => new Date(Date.now() + days * dayMs).toISOString();
  const eventId = await create("/admin/events", {
    name: "Chamber Evening",
    status: "published",
    startsAt: at(30),
    endsAt: at(30.1),
    onSaleAt: at(-1),
    venueId,
    performerId,
  });
  const price = { amount: 2500, currency: "EUR" };
  const sections = [{ name: "A", rows: 1, seatsPerRow: 4, price }];
  const made = await api("POST", `/admin/events/${eventId}/tickets`, { token, body: { sections } });
  expect(made.status).toBe(201);
  return eventId;
}

function freeNeighbours(tickets: readonly Ticket[]): [Ticket, Ticket] {
  for (const [index, ticket] of tickets.entries()) {
    const next = tickets[index + 1];
    if (
      next &&
      [ticket, next].every((it) => it.status === "available") &&
      ticket.row === next.row
    ) {
      return [ticket, next];
    }
  }
  throw new Error("no two free seats side by side");
}
