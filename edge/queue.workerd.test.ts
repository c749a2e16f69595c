import { env as untypedEnv } from "cloudflare:workers";
import { runDurableObjectAlarm as ringAlarm } from "cloudflare:test";
import { expect, inject, test } from "vitest";
import { importSigningKeys, signParts } from "../contracts/edge-signature.ts";
import type { Problem } from "../contracts/problem.ts";
import { queueControlPath, type QueueControl } from "../contracts/queue-control.ts";
import type { QueueAdmitted, QueueJoined, QueueStatus } from "../contracts/queue.ts";
import { ask, askAs } from "./testing/ask-edge.ts";
import { newId, origin } from "./testing/neighbours.ts";
import type { RoomEnv } from "./waiting-room/room-env.ts";
import { coordinatorOf } from "./waiting-room/stub.ts";

const env = untypedEnv as unknown as RoomEnv; // the bindings of wrangler.toml

test("only our own parts may govern rooms", async () => {
  const body = JSON.stringify(wanted(newId()));
  const unsigned = await ask(queueControlPath, { method: "POST", body });
  expect(unsigned.status).toBe(401);
});

test("of many polls few make a call to an object, and all see the same public document", async () => {
  const event = await flag();
  const answers = await Promise.all(Array.from({ length: 300 }, () => ask(statusOf(event))));
  const called = answers.filter((it) => it.headers.get("Cache-Status")?.includes("fwd="));
  expect(called.length).toBeLessThan(10);
  const bodies = new Set(await Promise.all(answers.map((it) => it.text())));
  expect(bodies.size).toBeLessThanOrEqual(called.length + 1);
  const [first] = answers;
  expect(first?.headers.get("Cache-Control")).toBe("public, max-age=1, stale-while-revalidate=10");
  expect(first?.headers.get("Set-Cookie")).toBeNull();
  const again = await ask(statusOf(event));
  const document = await again.json<QueueStatus>();
  expect(document).toMatchObject({ event, generation: 1, phase: "pre" });
});

test("joining again gives the same place; a claim before its turn is refused", async () => {
  const event = await flag();
  const first = await join(event, "alice");
  const second = await join(event, "alice");
  expect([first.status, second.status]).toEqual([201, 200]);
  const [one, two] = [await first.json<QueueJoined>(), await second.json<QueueJoined>()];
  expect(two.number).toBe(one.number);
  const early = await claim(event, "alice", two.queueTicket);
  expect([early.status, (await early.json<Problem>()).code]).toEqual([409, "position-not-served"]);
  expect(early.headers.get("Retry-After")).not.toBeNull();
});

test.each([
  ["another user's", "mallory", (it: string) => it],
  ["an altered", "alice", (it: string) => `${it.slice(0, -4)}AAAA`],
  ["no", "alice", () => ""],
])("%s ticket claims nothing", async (_case, user, change) => {
  const event = await flag();
  const { queueTicket } = await (await join(event, "alice")).json<QueueJoined>();
  const answer = await claim(event, user, change(queueTicket));
  expect([403, 422]).toContain(answer.status);
});

test("a ticket of another event or generation claims nothing", async () => {
  const [event, other] = [await flag(), await flag()];
  const { queueTicket } = await (await join(event, "alice")).json<QueueJoined>();
  expect((await claim(other, "alice", queueTicket)).status).toBe(403);
  await control({ ...wanted(event), generation: 2 });
  const late = await until(async () => {
    const answer = await claim(event, "alice", queueTicket);
    return answer.status === 410 ? answer : undefined;
  });
  expect((await late.json<Problem>()).code).toBe("position-expired");
});

test("a served place becomes a pass that books; leaving ends it and tells the origin", async () => {
  const event = await flag();
  await origin.plays({ path: `/bookings/${event}`, status: 201, body: "{}" });
  await origin.plays({ path: `${queueControlPath}/ended`, status: 204 });
  const { queueTicket, number } = await (await join(event, "alice")).json<QueueJoined>();
  await control({ kind: "open", event, generation: 1 });
  const admitted = await until(async () => {
    await ringAlarm(coordinatorOf(env, event));
    const answer = await claim(event, "alice", queueTicket);
    return answer.status === 200 ? answer : undefined;
  });
  const { admissionPass } = await admitted.json<QueueAdmitted>();
  const book = (user: string, pass?: string) =>
    askAs(user, `/bookings/${event}`, {
      method: "POST",
      body: "{}",
      headers: pass === undefined ? {} : { "Admission-Pass": pass },
    });
  expect((await book("alice", admissionPass)).status).toBe(201);
  for (const refused of [await book("alice"), await book("mallory", admissionPass)]) {
    expect(refused.status).toBe(403);
    expect(await refused.json<Problem>()).toMatchObject({
      code: "admission-required",
      queue: statusOf(event),
    });
  }
  const headers = { "Admission-Pass": admissionPass };
  const stolen = await askAs("mallory", statusOf(event), { method: "DELETE", headers });
  expect(stolen.status).toBe(403);
  const left = await askAs("alice", statusOf(event), { method: "DELETE", headers });
  expect(left.status).toBe(204);
  const told = await origin.received(`${queueControlPath}/ended`);
  expect(atob(told.at(-1)?.bodyBase64 ?? "")).toContain(`"event":"${event}"`);
  expect(atob(told.at(-1)?.bodyBase64 ?? "")).toContain(`"number":${number}`);
  expect((await claim(event, "alice", queueTicket)).status).toBe(410);
});

test("failing open lets bookings through without a pass", async () => {
  const event = await flag();
  await origin.plays({ path: `/bookings/${event}`, status: 201, body: "{}" });
  await control({ kind: "fail-open", event, generation: 1, until: Date.now() + 60_000 });
  const booked = await until(async () => {
    const answer = await askAs("bob", `/bookings/${event}`, { method: "POST", body: "{}" });
    return answer.status === 201 ? answer : undefined;
  });
  expect(booked.status).toBe(201);
});

function statusOf(event: string): string {
  return `/events/${event}/queue`;
}

function join(event: string, user: string): Promise<Response> {
  return askAs(user, statusOf(event), { method: "POST" });
}

function claim(event: string, user: string, ticket: string): Promise<Response> {
  const headers = { "Queue-Ticket": ticket };
  return askAs(user, `${statusOf(event)}/claim`, { method: "POST", headers });
}

/** Flags a new event, and waits until this isolate has heard of it. */
async function flag(): Promise<string> {
  const event = newId();
  await control(wanted(event));
  await until(async () => ((await ask(statusOf(event))).status === 404 ? undefined : event));
  return event;
}

function wanted(event: string) {
  return {
    kind: "configure" as const,
    event,
    generation: 1,
    opensAt: Math.floor(Date.now() / 1000) * 1000 + 3_600_000,
    admitPerMinute: 600,
    maxActive: 100,
    passSeconds: 600,
    graceSeconds: 120,
    message: "",
    shards: 2,
  };
}

async function control(word: QueueControl): Promise<void> {
  const keys = await importSigningKeys(inject("edgeSigningKeys"));
  const body = JSON.stringify(word);
  const timestampSeconds = Math.floor(Date.now() / 1000);
  const { keyId, signature } = await signParts(keys, {
    method: "POST",
    path: queueControlPath,
    query: "",
    timestampSeconds,
    body: new TextEncoder().encode(body),
    user: "",
    roles: "",
    requestId: "test-request",
    deadline: "",
  });
  const headers = {
    "x-edge-key": keyId,
    "x-edge-signature": signature,
    "x-edge-timestamp": String(timestampSeconds),
    "x-request-id": "test-request",
  };
  const answer = await ask(queueControlPath, { method: "POST", body, headers });
  if (!answer.ok) throw new Error(`${word.kind}: ${answer.status} ${await answer.text()}`);
}

/** Asks until there is an answer: caches of a few seconds stand in between. */
async function until<T>(probe: () => Promise<T | undefined>): Promise<T> {
  const last = Date.now() + 20_000;
  for (;;) {
    const value = await probe();
    if (value !== undefined) return value;
    if (Date.now() > last) throw new Error("it did not happen in time");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
