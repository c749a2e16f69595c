import { generateKeyPair } from "jose";
import { expect, test } from "vitest";
import { importSigningKeys } from "../contracts/edge-signature.ts";
import { createApp } from "./app.ts";
import { createTestOrigin } from "./testing/test-origin.ts";
import { signRequest } from "./testing/sign-request.ts";

const origin = await createTestOrigin();
const { ask, asAdmin, issuer, deps } = origin;
const venue = { name: "Hall", city: "Bern", country: "CH", timeZone: "Europe/Zurich" };

async function codeOf(res: Response): Promise<string> {
  expect(res.headers.get("Content-Type")).toBe("application/problem+json");
  const problem = (await res.json()) as { code: string; status: number; requestId: string };
  expect(problem.status).toBe(res.status);
  expect(problem.requestId).toBe(res.headers.get("X-Request-Id"));
  return problem.code;
}

test("health and readiness need no signature", async () => {
  const app = createApp(deps);
  const health = await app.request("/health");
  expect([health.status, await health.json()]).toEqual([200, { status: "ok" }]);
  const ready = await app.request("/ready");
  expect([ready.status, await ready.json()]).toEqual([
    200,
    { status: "ready", dependencies: { postgres: "up", redis: "up" } },
  ]);
});

test.each(["/events/1", "/admin/audit", "/bookings", "/nowhere"])(
  "%s without a signature is refused",
  async (path) => {
    const res = await createApp(deps).request(path);
    expect([res.status, await codeOf(res)]).toEqual([401, "unauthenticated"]);
  },
);

test.each([
  ["another path", "/events/2", {}],
  ["another query", "/events/1?a=1", {}],
  ["another user", "/events/1", { "x-edge-user": "bob" }],
  ["other roles", "/events/1", { "x-edge-roles": "admin" }],
  ["another request id", "/events/1", { "x-request-id": "other" }],
  ["another deadline", "/events/1", { "x-edge-deadline": "9999999999999" }],
  ["another time", "/events/1", { "x-edge-timestamp": "1" }],
  ["a time that is none", "/events/1", { "x-edge-timestamp": "NaN" }],
])("a signature is no good for %s", async (_what, path, headers) => {
  const signed = await signRequest({ ...deps, issuer }, "/events/1", {});
  const altered = new Request(new URL(path, signed.url), {
    headers: { ...Object.fromEntries(signed.headers), ...headers },
  });
  const res = await createApp(deps).fetch(altered);
  expect([res.status, await codeOf(res)]).toEqual([401, "unauthenticated"]);
});

test("a signature is no good for another body", async () => {
  const signed = await signRequest({ ...deps, issuer }, "/admin/venues", {
    method: "POST",
    user: "ada",
    roles: ["admin"],
    body: venue,
  });
  const altered = new Request(signed, {
    method: "POST",
    body: JSON.stringify({ ...venue, name: "Other" }),
  });
  expect((await createApp(deps).fetch(altered)).status).toBe(401);
});

test("a key that is not live signs nothing", async () => {
  const signingKeys = await importSigningKeys(JSON.stringify({ k9: "cd".repeat(32) }));
  const signed = await signRequest({ signingKeys, issuer }, "/events/1", {});
  expect((await createApp(deps).fetch(signed)).status).toBe(401);
});

test("a request that was recorded and comes again later is refused", async () => {
  const signed = await signRequest({ ...deps, issuer }, "/events/1", {});
  const later = createApp({ ...deps, now: () => Date.now() + 31_000 });
  expect((await later.fetch(signed)).status).toBe(401);
});

test.each([
  ["of another audience", { audience: "elsewhere" }],
  ["of another issuer", { issuer: "https://elsewhere.test" }],
  ["that expired", { expiresInSeconds: -60 }],
])("a token %s is refused", async (_what, options) => {
  const token = await issuer.sign("ada", { roles: ["admin"], ...options });
  const res = await asAdmin("/admin/audit", { headers: { Authorization: `Bearer ${token}` } });
  expect([res.status, await codeOf(res)]).toEqual([401, "unauthenticated"]);
});

test("a token that the issuer did not sign is refused", async () => {
  const { privateKey } = await generateKeyPair("ES256");
  const token = await issuer.sign("ada", { roles: ["admin"], key: privateKey });
  const res = await asAdmin("/admin/audit", { headers: { Authorization: `Bearer ${token}` } });
  expect(res.status).toBe(401);
});

test.each(["Basic YTpi", "Bearer", "Bearer x.y.z", "Bearer  "])(
  "Authorization: %s is refused",
  async (value) => {
    expect((await asAdmin("/admin/audit", { headers: { Authorization: value } })).status).toBe(401);
  },
);

test("the edge's word for the user must agree with the token", async () => {
  const token = await issuer.sign("mallory", { roles: ["admin"] });
  const other = await asAdmin("/admin/audit", { headers: { Authorization: `Bearer ${token}` } });
  expect(other.status).toBe(401);
});

test("the roles are those of the token, whatever the edge says", async () => {
  const token = await issuer.sign("ada");
  const res = await asAdmin("/admin/audit", { headers: { Authorization: `Bearer ${token}` } });
  expect([res.status, await codeOf(res)]).toEqual([403, "forbidden"]);
});

test("administration is for administrators", async () => {
  const nobody = await ask("/admin/audit");
  expect([nobody.status, await codeOf(nobody)]).toEqual([401, "unauthenticated"]);
  const bob = await ask("/admin/audit", { user: "bob" });
  expect([bob.status, await codeOf(bob)]).toEqual([403, "forbidden"]);
  expect((await asAdmin("/admin/audit")).status).toBe(200);
});

test("the issuer's keys are fetched once, however many tokens come", async () => {
  await Promise.all([1, 2, 3].map((n) => ask("/admin/audit", { user: `user-${n}` })));
  expect(issuer.fetches()).toBe(1);
});

test("an issuer that cannot be reached is no fault of the token", async () => {
  const lonely = await createTestOrigin();
  await lonely.issuer.stop();
  const res = await lonely.asAdmin("/admin/audit");
  expect([res.status, await codeOf(res)]).toEqual([503, "service-unavailable"]);
  expect(res.headers.get("Retry-After")).toMatch(/^\d+$/);
});

test("what nobody waits for any more is not begun", async () => {
  const late = await ask("/events/1", { deadline: Date.now() - 1 });
  expect([late.status, await codeOf(late)]).toEqual([503, "service-unavailable"]);
  expect(late.headers.get("Retry-After")).toBe("1");
  expect((await ask("/events/1", { deadline: Date.now() + 60_000 })).status).toBe(404);
});

test("a body over 64 KiB is refused, with its length given or without", async () => {
  const body = JSON.stringify({ ...venue, name: "x".repeat(65_536) });
  const res = await asAdmin("/admin/venues", {
    method: "POST",
    body,
    headers: { "Content-Length": String(body.length) },
  });
  expect([res.status, await codeOf(res)]).toEqual([413, "payload-too-large"]);
  const unknownLength = await asAdmin("/admin/venues", { method: "POST", body });
  expect(unknownLength.status).toBe(413);
});

test.each(["", "{", '{"name":}', "nul"])("the body %j is malformed", async (body) => {
  const res = await asAdmin("/admin/venues", { method: "POST", body });
  expect([res.status, await codeOf(res)]).toEqual([400, "malformed-json"]);
});

test("invalid fields are named, each with what is wrong", async () => {
  const res = await asAdmin("/admin/venues", {
    method: "POST",
    body: { ...venue, country: "Swiss", latitude: 91, colour: "red" },
  });
  expect(res.status).toBe(422);
  const problem = (await res.json()) as { code: string; errors: { path: string }[] };
  expect(problem.code).toBe("validation-failed");
  expect(problem.errors.map(({ path }) => path).sort()).toEqual(["colour", "country", "latitude"]);
});

test.each(["a\0b", "half \ud800 pair"])(
  "text that Postgres cannot store (%j) is named",
  async (name) => {
    const res = await asAdmin("/admin/venues", { method: "POST", body: { ...venue, name } });
    expect(res.status).toBe(422);
    expect(await res.json()).toMatchObject({ errors: [{ path: "name" }] });
  },
);

test("an unknown route is a 404; a wrong method is a 405 that says which are right", async () => {
  const nowhere = await ask("/nowhere");
  expect([nowhere.status, await codeOf(nowhere)]).toEqual([404, "not-found"]);
  const wrong = await ask("/events/1", { method: "DELETE" });
  expect([wrong.status, await codeOf(wrong)]).toEqual([405, "method-not-allowed"]);
  expect(wrong.headers.get("Allow")).toContain("GET");
  const admin = await asAdmin("/admin/venues", { method: "PUT", body: {} });
  expect([admin.status, admin.headers.get("Allow")]).toEqual([405, "POST"]);
});

test("the request id of the edge comes back; a bad one is replaced", async () => {
  const good = await ask("/events/1", { requestId: "edge-42" });
  expect(good.headers.get("X-Request-Id")).toBe("edge-42");
  const bad = await ask("/events/1", { requestId: 'x"y z' });
  expect(bad.headers.get("X-Request-Id")).toMatch(/^[0-9a-f-]{36}$/);
});

test("nothing may be stored unless a route says so", async () => {
  for (const path of ["/events/1", "/admin/audit", "/nowhere", "/health"]) {
    expect((await asAdmin(path)).headers.get("Cache-Control")).toBe("no-store");
  }
});

test("the log has a line a request, without tokens, users or ids", async () => {
  await ask("/events/4242", { user: "very-private-user", requestId: "log-test" });
  const line = origin.log.find((it) => it.includes("log-test")) ?? "";
  expect(JSON.parse(line)).toMatchObject({ route: "/events/:eventId", status: 404, method: "GET" });
  expect(origin.log.join("")).not.toMatch(/very-private-user|4242|Bearer|eyJ/);
});
