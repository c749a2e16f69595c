import { evictAllDurableObjects } from "cloudflare:test";
import { beforeAll, expect, inject, test } from "vitest";
import {
  type AdmissionPass,
  importPassKeys,
  type PassKeys,
  signAdmissionPass,
} from "../../contracts/admission-pass.ts";
import type { Problem } from "../../contracts/problem.ts";
import { signQueueTicket } from "../../contracts/queue-ticket.ts";
import { importSigningKeys } from "../../contracts/edge-signature.ts";
import { ask, askAs } from "../testing/ask-edge.ts";
import { newId, origin } from "../testing/neighbours.ts";
import { env } from "./testing/real-room.ts";
import { coordinatorOf } from "./stub.ts";

/** What the edge lets through to the seats and the bookings of a queued event, and what not. */
const generation = 2;
const nowSeconds = Math.floor(Date.now() / 1000);
let event: string;
let keys: PassKeys;

beforeAll(async () => {
  event = newId();
  keys = await importPassKeys(inject("passSigningKeys"), "private");
  await coordinatorOf(env, event).configure({
    event,
    generation,
    opensAt: (nowSeconds + 3600) * 1000,
    admitPerMinute: 600,
    maxActive: 100,
    passSeconds: 600,
    graceSeconds: 120,
    message: "",
    shards: 2,
  });
  await origin.plays({ path: `/bookings/${event}`, status: 201, body: "{}" });
  const last = Date.now() + 20_000;
  while ((await ask(`/events/${event}/queue`)).status !== 200) {
    if (Date.now() > last) throw new Error("the room is not known here");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
});

test("a pass of this user, event and generation, in time, lets its person book", async () => {
  expect((await book("alice", await passFor())).status).toBe(201);
});

test("passes outlive the objects that gave them: they are verified without asking anybody", async () => {
  await evictAllDurableObjects();
  expect((await book("alice", await passFor())).status).toBe(201);
});

test.each<[string, () => Promise<string>]>([
  ["another user's", () => passFor({ user: "bob" })],
  ["another event's", () => passFor({ event: `${event}1` })],
  ["one of the generation before", () => passFor({ generation: generation - 1 })],
  ["one of a generation to come", () => passFor({ generation: generation + 1 })],
  ["an expired one", () => passFor({ expiresAt: nowSeconds - 1 })],
  ["one that was signed in the future", () => signedFor({}, 120)],
  ["one of another key", async () => passFor({}, await strangersKeys())],
  ["one whose number was altered", async () => altered(await passFor(), { num: 1 })],
  ["one whose expiry was altered", async () => altered(await passFor(), { exp: nowSeconds + 900 })],
  ["one without a signature", async () => (await passFor()).replace(/\.[^.]*$/, ".")],
  ["a queue ticket", () => ticketFor()],
  ["nonsense", () => Promise.resolve("nonsense")],
])("%s does not", async (_case, make) => {
  const refused = await book("alice", await make());
  expect(refused.status).toBe(403);
  expect(await refused.json<Problem>()).toMatchObject({
    code: "admission-required",
    queue: `/events/${event}/queue`,
  });
});

test.each<[string, () => Promise<string>]>([
  ["a pass", () => passFor()],
  ["a ticket of another event", () => ticketFor({ event: `${event}1` })],
  ["a stolen ticket", () => ticketFor({ user: "bob" })],
])("%s claims nothing", async (_case, make) => {
  const headers = { "Queue-Ticket": await make() };
  const path = `/events/${event}/queue/claim`;
  const refused = await askAs("alice", path, { method: "POST", headers });
  expect([refused.status, (await refused.json<Problem>()).code]).toEqual([403, "forbidden"]);
});

function book(user: string, pass: string): Promise<Response> {
  const headers = { "Admission-Pass": pass };
  return askAs(user, `/bookings/${event}`, { method: "POST", body: "{}", headers });
}

function passFor(over: Partial<AdmissionPass> = {}, by: PassKeys = keys): Promise<string> {
  return signedFor(over, 0, by);
}

/** @param signedSeconds from now */
function signedFor(
  over: Partial<AdmissionPass>,
  signedSeconds: number,
  by: PassKeys = keys,
): Promise<string> {
  const pass = {
    event,
    generation,
    number: 7,
    user: "alice",
    expiresAt: nowSeconds + 300,
    ...over,
  };
  return signAdmissionPass(by, pass, nowSeconds + signedSeconds);
}

async function ticketFor(over: { event?: string; user?: string } = {}): Promise<string> {
  const ticket = { event, generation, shard: 0, number: 7, user: "alice", ...over };
  return signQueueTicket(await importSigningKeys(inject("queueTicketKeys")), ticket, nowSeconds);
}

function altered(pass: string, change: object): string {
  const [head, payload = "", signature] = pass.split(".");
  const base64 = payload.replaceAll("-", "+").replaceAll("_", "/");
  const claims = { ...(JSON.parse(atob(base64)) as object), ...change };
  const encoded = btoa(JSON.stringify(claims)).replaceAll("+", "-").replaceAll("/", "_");
  return [head, encoded.replaceAll("=", ""), signature].join(".");
}

async function strangersKeys(): Promise<PassKeys> {
  const algorithm = { name: "ECDSA", namedCurve: "P-256" };
  const made = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const jwk = await crypto.subtle.exportKey("jwk", (made as CryptoKeyPair).privateKey);
  return importPassKeys(JSON.stringify({ p1: jwk }), "private");
}
