import { sql } from "drizzle-orm";
import { beforeEach, expect, test } from "vitest";
import { importSigningKeys } from "../../contracts/edge-signature.ts";
import type { Problem } from "../../contracts/problem.ts";
import { createBookingClient } from "../bookings/testing/booking-client.ts";
import { createTestOrigin } from "../testing/test-origin.ts";
import { readQueue } from "./queue-row.ts";
import { done, startRecordingEdge } from "./testing/recording-edge.ts";

const edge = await startRecordingEdge(
  await importSigningKeys(JSON.stringify({ k1: "ab".repeat(32) })),
);
const origin = await createTestOrigin(() => ({ edgeUrl: edge.url }));
const { ask, asAdmin, database } = origin;
const { makeEvent } = createBookingClient(origin);

const settings = {
  enabled: true,
  opensAt: "2099-12-01T10:00:00.000Z",
  admitPerMinute: 1200,
  maxActive: 5000,
  passSeconds: 600,
  graceSeconds: 120,
  message: "Good luck.",
  shards: 8,
};

beforeEach(() => edge.answers(done));

test("flagging keeps the room in Postgres, tells the edge all of it, and is audited", async () => {
  const event = await newEvent();
  expect((await put(event, settings)).status).toBe(200);
  const { enabled: _, ...wanted } = settings;
  const opensAt = Date.parse(settings.opensAt);
  expect(await readQueue(database.db, event)).toMatchObject({ ...wanted, opensAt, enabled: true });
  expect(toldOf(event)).toEqual([{ kind: "configure", event, generation: 1, ...wanted, opensAt }]);
  expect(await audited(event)).toEqual([
    { actor: "ada", action: "queue.set", entity: "event", detail: settings },
  ]);
});

test.each<[string, object, string]>([
  ["a rate of 0", { admitPerMinute: 0 }, "admitPerMinute"],
  ["a rate of nonsense", { admitPerMinute: "many" }, "admitPerMinute"],
  ["no bound", { maxActive: 0 }, "maxActive"],
  ["passes of seconds", { passSeconds: 5 }, "passSeconds"],
  ["graces of hours", { graceSeconds: 7200 }, "graceSeconds"],
  ["no shard", { shards: 0 }, "shards"],
  ["more shards than there may be", { shards: 513 }, "shards"],
  ["an opening in the past", { opensAt: "2020-01-01T00:00:00Z" }, "opensAt"],
  ["an opening that is no time", { opensAt: "soon" }, "opensAt"],
  ["a message without an end", { message: "x".repeat(501) }, "message"],
])(
  "flagging with %s is refused, naming the field, and leaves nothing",
  async (_case, wrong, path) => {
    const event = await newEvent();
    const answer = await put(event, { ...settings, ...wrong });
    const problem = (await answer.json()) as Problem;
    expect([answer.status, problem.code]).toEqual([422, "validation-failed"]);
    expect(problem.errors?.map((it) => it.path)).toEqual([path]);
    expect(await readQueue(database.db, event)).toBeUndefined();
    expect([...toldOf(event), ...(await audited(event))]).toEqual([]);
  },
);

test("rates, bounds and the message change in flight, under the same generation", async () => {
  const event = await queued();
  const change = { admitPerMinute: 60, maxActive: 9, passSeconds: 300, message: "Nearly there." };
  expect((await put(event, { ...settings, ...change })).status).toBe(200);
  expect(await readQueue(database.db, event)).toMatchObject({ ...change, generation: 1 });
  expect(toldOf(event).at(-1)).toMatchObject({ kind: "configure", generation: 1, ...change });
});

test("flagging a second time changes nothing when it says the same, and names what it cannot change", async () => {
  const event = await queued();
  expect((await put(event, settings)).status).toBe(200);
  expect(await readQueue(database.db, event)).toMatchObject({ generation: 1 });
  const other = await put(event, { ...settings, shards: 16 });
  expect(await problemOf(other)).toMatchObject({ code: "conflict", errors: [{ path: "shards" }] });
  await openedLongAgo(event);
  const moved = await put(event, { ...settings, opensAt: "2098-01-01T00:00:00Z" });
  expect(await problemOf(moved)).toMatchObject({ code: "conflict", errors: [{ path: "opensAt" }] });
  expect(await readQueue(database.db, event)).toMatchObject({ shards: settings.shards });
});

test.each(["pause", "resume", "open"] as const)(
  "%s is audited and told to the room",
  async (verb) => {
    const event = await queued();
    expect((await post(event, verb)).status).toBe(200);
    expect(toldOf(event).at(-1)).toEqual({ kind: verb, event, generation: 1 });
    expect((await audited(event)).at(-1)).toMatchObject({ actor: "ada", action: `queue.${verb}` });
  },
);

test("opening now moves the stored opening to the room's", async () => {
  const event = await queued();
  await post(event, "open");
  const row = await readQueue(database.db, event);
  expect(row?.opensAt).toBeLessThanOrEqual(Date.now());
});

test("a reset starts the next generation with a new opening, and is audited", async () => {
  const event = await queued();
  const opensAt = "2099-12-02T10:00:00Z";
  expect((await post(event, "reset", { opensAt })).status).toBe(200);
  expect(await readQueue(database.db, event)).toMatchObject({
    generation: 2,
    opensAt: Date.parse(opensAt),
    admitPerMinute: settings.admitPerMinute,
  });
  expect(toldOf(event).at(-1)).toMatchObject({ kind: "configure", generation: 2 });
  expect((await audited(event)).at(-1)).toMatchObject({
    action: "queue.reset",
    detail: { opensAt },
  });
});

test("failing open is timed, audited, and ends by itself", async () => {
  const event = await queued();
  const before = Date.now();
  expect((await post(event, "fail-open", { seconds: 90 })).status).toBe(200);
  const told = toldOf(event).at(-1);
  expect(told).toMatchObject({ kind: "fail-open", generation: 1 });
  const until = told?.kind === "fail-open" ? told.until : 0;
  expect(until - before).toBeGreaterThanOrEqual(90_000);
  expect(until - before).toBeLessThan(150_000);
  const { rows } = await database.pool.query<{ until: string }>(
    "SELECT extract(epoch FROM fail_open_until) * 1000 AS until FROM event_queues WHERE event_id = $1",
    [event],
  );
  expect(Math.round(Number(rows[0]?.until))).toBe(until);
  expect((await audited(event)).at(-1)).toMatchObject({
    action: "queue.fail-open",
    detail: { seconds: 90 },
  });
});

test.each<[string, string, object, string]>([
  ["a reset into the past", "reset", { opensAt: "2020-01-01T00:00:00Z" }, "opensAt"],
  ["a reset without an opening", "reset", {}, "opensAt"],
  ["failing open for ever", "fail-open", { seconds: 3601 }, "seconds"],
  ["failing open for nothing", "fail-open", { seconds: 0 }, "seconds"],
])("%s is refused, naming the field, and changes nothing", async (_case, verb, body, path) => {
  const event = await queued();
  const answer = await post(event, verb, body);
  expect(answer.status).toBe(422);
  expect((await problemOf(answer)).errors?.map((it) => it.path)).toEqual([path]);
  expect(await readQueue(database.db, event)).toMatchObject({ generation: 1 });
  expect(toldOf(event)).toHaveLength(1);
});

test.each(["pause", "resume", "open", "fail-open", "reset"])(
  "an event without a room answers %s with a conflict",
  async (verb) => {
    const body = { seconds: 60, opensAt: settings.opensAt };
    const { seconds, opensAt } = body;
    const given = verb === "fail-open" ? { seconds } : verb === "reset" ? { opensAt } : undefined;
    const answer = await post(await newEvent(), verb, given);
    expect([answer.status, (await problemOf(answer)).code]).toEqual([409, "conflict"]);
  },
);

test("what the room refuses is a conflict that says why, and what was asked for is on record", async () => {
  const event = await queued();
  edge.answers(() => ({ status: "refused", reason: "only an open room can be paused" }));
  const answer = await post(event, "pause");
  expect(await problemOf(answer)).toMatchObject({
    status: 409,
    detail: "Not now: only an open room can be paused.",
  });
  expect((await audited(event)).at(-1)).toMatchObject({ action: "queue.pause" });
});

test("an edge that is away is a 503, and saying it again repairs what it missed", async () => {
  const event = await newEvent();
  edge.answers(() => "silence");
  const answer = await put(event, settings);
  expect([answer.status, (await problemOf(answer)).code]).toEqual([503, "service-unavailable"]);
  edge.answers(done);
  expect((await put(event, settings)).status).toBe(200);
  expect(toldOf(event).at(-1)).toMatchObject({ kind: "configure", generation: 1 });
});

test("taking the flag away closes the room; flagging anew is a new generation", async () => {
  const event = await queued();
  expect((await put(event, { enabled: false })).status).toBe(204);
  expect(toldOf(event).at(-1)).toEqual({ kind: "close", event, generation: 1 });
  expect((await put(event, settings)).status).toBe(200);
  expect(toldOf(event).at(-1)).toMatchObject({ kind: "configure", generation: 2 });
});

test("nobody but an administrator governs rooms", async () => {
  const event = await queued();
  const as = (user: string | undefined) =>
    ask(`/admin/events/${event}/queue/pause`, { method: "POST", ...(user && { user }) });
  expect((await as("alice")).status).toBe(403);
  expect((await as(undefined)).status).toBe(401);
  expect(toldOf(event)).toHaveLength(1);
});

async function newEvent(): Promise<string> {
  return String((await makeEvent()).id);
}

async function queued(): Promise<string> {
  const event = await newEvent();
  await put(event, settings);
  return event;
}

function put(event: string, body: object): Promise<Response> {
  return asAdmin(`/admin/events/${event}/queue`, { method: "PUT", body });
}

function post(event: string, verb: string, body?: object): Promise<Response> {
  const path = `/admin/events/${event}/queue/${verb}`;
  return asAdmin(path, { method: "POST", ...(body && { body }) });
}

async function problemOf(answer: Response): Promise<Problem> {
  return (await answer.json()) as Problem;
}

function toldOf(event: string) {
  return edge.told.filter((it) => "event" in it && it.event === event);
}

async function audited(event: string) {
  const { rows } = await database.pool.query<Record<string, unknown>>(
    `SELECT actor, action, entity, detail FROM audit_log
     WHERE entity_id = $1 AND action LIKE 'queue.%' ORDER BY id`,
    [event],
  );
  return rows;
}

async function openedLongAgo(event: string): Promise<void> {
  await database.db.execute(
    sql`UPDATE event_queues SET opens_at = now() - interval '1 hour' WHERE event_id = ${event}`,
  );
}
