import { expect, inject, test } from "vitest";
import {
  checkSignature,
  edgeHeaders,
  importSigningKeys,
  type SignedParts,
} from "../contracts/edge-signature.ts";
import { Problem, problems, type ProblemCode } from "../contracts/problem.ts";
import { ask, askAs } from "./testing/ask-edge.ts";
import { newId, origin, type Received } from "./testing/neighbours.ts";

const bookingId = "0198f000-0000-7000-8000-000000000000";
const hold = JSON.stringify({ ticketIds: ["1"] });

test.each<[ProblemCode, string, string, RequestInit?]>([
  ["not-found", "GET", "/nothing"],
  ["not-found", "GET", "/events/0"],
  ["not-found", "GET", "/events/x"],
  ["not-found", "GET", "/events/123456789012345"],
  ["not-found", "GET", "/events/1/nothing"],
  ["method-not-allowed", "DELETE", "/events/1"],
  ["method-not-allowed", "PUT", "/bookings/1"],
  ["validation-failed", "GET", "/events/search?pageSize=101"],
  ["validation-failed", "GET", "/events/search?page=0"],
  ["validation-failed", "GET", "/events/search?page=200&pageSize=100"],
  ["validation-failed", "GET", "/events/search?start=yesterday"],
  ["validation-failed", "GET", "/events/search?start=2026-07-01&end=2026-06-01"],
  ["validation-failed", "GET", `/events/search?keyword=${"a".repeat(101)}`],
  ["unauthenticated", "GET", "/me"],
  ["unauthenticated", "GET", "/bookings"],
  ["unauthenticated", "POST", "/bookings/1", { body: hold }],
  ["unauthenticated", "GET", `/bookings/${bookingId}`],
  ["unauthenticated", "GET", "/admin/audit"],
  ["unauthenticated", "GET", "/me", { headers: { Authorization: "Basic YTpi" } }],
  ["payload-too-large", "POST", "/bookings/1", { body: "x".repeat(65_537) }],
])("%s: %s %s is an RFC 9457 problem", async (code, method, path, init) => {
  const response = await ask(path, { method, ...init });
  const problem = Problem.parse(await response.json());
  expect(problem.code).toBe(code);
  expect(response.status).toBe(problems[code][0]);
  expect(problem.status).toBe(response.status);
  expect(response.headers.get("Content-Type")).toBe("application/problem+json");
  expect(response.headers.get("Cache-Control")).toBe("no-store");
  expect(problem.requestId).toBe(response.headers.get("X-Request-Id"));
});

test("a caller that must sign in is told how, and one with a wrong method which are right", async () => {
  const unknown = await ask("/me");
  expect(unknown.headers.get("WWW-Authenticate")).toBe('Bearer realm="frontrow"');
  const wrong = await ask("/events/1", { method: "DELETE" });
  expect(wrong.headers.get("Allow")).toContain("GET");
});

test("a user who is no administrator is refused, before the origin hears of it", async () => {
  const path = `/admin/events/${newId()}`;
  const response = await askAs("alice", path, { method: "PATCH", body: "{}" });
  expect(response.status).toBe(403);
  expect(await response.json()).toMatchObject({ code: "forbidden" });
  expect(await origin.received(path)).toEqual([]);
});

test("the origin's answer to a booking comes back with its headers, and nobody may keep it", async () => {
  const eventId = newId();
  await origin.plays({
    path: `/bookings/${eventId}`,
    status: 201,
    headers: {
      location: `/bookings/${bookingId}`,
      "content-type": "application/json",
      "set-cookie": "a=b",
      "x-internal": "1",
    },
    body: JSON.stringify({ id: bookingId }),
  });
  const response = await askAs("alice", `/bookings/${eventId}`, { method: "POST", body: hold });
  expect(response.status).toBe(201);
  expect(response.headers.get("Location")).toBe(`/bookings/${bookingId}`);
  expect(response.headers.get("Cache-Control")).toBe("no-store");
  expect(response.headers.get("Set-Cookie")).toBeNull();
  expect(response.headers.get("X-Internal")).toBeNull();
});

test.each(["refuse", "hang"] as const)(
  "a booking is a 503 with Retry-After when the origin does %s, and is sent once",
  { timeout: 60_000 },
  async (fault) => {
    const path = `/bookings/${newId()}`;
    await origin.plays({ path, fault });
    const response = await askAs("alice", path, { method: "POST", body: hold });
    expect(response.status).toBe(503);
    expect(response.headers.get("Retry-After")).toBe("2");
    expect(await origin.received(path)).toHaveLength(1);
  },
);

test("what reaches the origin is signed, and headers that only the edge may set are dropped", async () => {
  const path = `/bookings/${newId()}`;
  await askAs("alice", `${path}?x=1`, {
    method: "POST",
    body: hold,
    roles: ["admin"],
    headers: {
      [edgeHeaders.user]: "mallory",
      [edgeHeaders.roles]: "root",
      [edgeHeaders.signature]: "00",
      [edgeHeaders.keyId]: "k0",
      [edgeHeaders.deadline]: "1",
      "X-Forwarded-For": "1.2.3.4",
      Cookie: "session=1",
      "Idempotency-Key": "once",
    },
  });
  const [request] = await origin.received(path);
  expect(request && (await isSigned(request))).toBe(true);
  expect(request?.headers).toMatchObject({
    [edgeHeaders.user]: "alice",
    [edgeHeaders.roles]: "admin",
    "idempotency-key": "once",
  });
  expect(request?.headers["cookie"]).toBeUndefined();
  expect(request?.headers["x-forwarded-for"]).toBeUndefined();
});

async function isSigned({ method, path, headers, bodyBase64 }: Received): Promise<boolean> {
  const target = new URL(path, "http://origin");
  const header = (name: string) => headers[name] ?? "";
  const parts: SignedParts = {
    method,
    path: target.pathname,
    query: target.search,
    timestampSeconds: Number(header(edgeHeaders.timestamp)),
    body: Uint8Array.from(atob(bodyBase64), (char) => char.charCodeAt(0)),
    user: header(edgeHeaders.user),
    roles: header(edgeHeaders.roles),
    requestId: header(edgeHeaders.requestId),
    deadline: header(edgeHeaders.deadline),
  };
  const keys = await importSigningKeys(inject("edgeSigningKeys"));
  const [keyId, signature] = [header(edgeHeaders.keyId), header(edgeHeaders.signature)];
  const now = Math.floor(Date.now() / 1000);
  return (await checkSignature(keys, keyId, signature, parts, now)).ok;
}

test("a seating plan may be megabytes, for an administrator", async () => {
  const path = `/admin/venues/${newId()}/plan`;
  await origin.plays({ path, status: 200, body: "{}" });
  const body = "x".repeat(1_000_000);
  const init = { method: "PUT", body, roles: ["admin"] };
  expect((await askAs("root", path, init)).status).toBe(200);
  expect((await askAs("root", `${path}s`, init)).status).toBe(413);
  const tooLarge = { ...init, body: "x".repeat(8 * 1024 * 1024 + 1) };
  expect((await askAs("root", path, tooLarge)).status).toBe(413);
});

test.each([
  ["https://tickets.example", "https://tickets.example"],
  ["https://evil.example", null],
  ["null", null],
])("a page of %s may read answers: %s", async (from, allowed) => {
  const response = await ask("/health", { headers: { Origin: from } });
  expect(response.headers.get("Access-Control-Allow-Origin")).toBe(allowed);
  expect(response.headers.get("Access-Control-Allow-Credentials")).toBeNull();
  const preflight = await ask("/bookings/1", {
    method: "OPTIONS",
    headers: { Origin: from, "Access-Control-Request-Method": "POST" },
  });
  expect(preflight.headers.get("Access-Control-Allow-Origin")).toBe(allowed);
});

test("a sane request id is kept, another is replaced", async () => {
  const given = await ask("/health", { headers: { "X-Request-Id": "abcd-1234" } });
  expect(given.headers.get("X-Request-Id")).toBe("abcd-1234");
  const insane = await ask("/health", { headers: { "X-Request-Id": 'a"} {"b":1' } });
  expect(insane.headers.get("X-Request-Id")).toMatch(/^[0-9a-f-]{36}$/);
});

test("a request that belongs to a trace is known by it, here and at the origin", async () => {
  const trace = crypto.randomUUID().replaceAll("-", "");
  const path = `/bookings/${newId()}`;
  const headers = { traceparent: `00-${trace}-00f067aa0ba902b7-01` };
  const response = await askAs("alice", path, { method: "POST", body: hold, headers });
  expect(response.headers.get("X-Request-Id")).toBe(trace);
  const [request] = await origin.received(path);
  expect(request?.headers["traceparent"]).toMatch(new RegExp(`^00-${trace}-[0-9a-f]{16}-01$`));
});
