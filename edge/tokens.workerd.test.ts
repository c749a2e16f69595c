import { importJWK, SignJWT } from "jose";
import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, inject, test } from "vitest";
import { createApp } from "./app.ts";
import { readEnv } from "./env.ts";
import { openParts } from "./parts.ts";
import { ask, makeToken } from "./testing/ask-edge.ts";
import { issuer, showEvent } from "./testing/neighbours.ts";

const nowSeconds = () => Math.floor(Date.now() / 1000);
const base64Url = (value: unknown) =>
  btoa(JSON.stringify(value)).replaceAll("=", "").replaceAll("+", "-").replaceAll("/", "_");
const claims = () => ({
  iss: inject("issuerUrl"),
  aud: "frontrow",
  sub: "alice",
  roles: ["admin"],
  exp: nowSeconds() + 600,
});

/** With the public key as the shared secret: what a verifier without a list of algorithms would take. */
async function confused(): Promise<string> {
  const keys = await (await fetch(`${inject("issuerUrl")}/jwks.json`)).text();
  return new SignJWT(claims())
    .setProtectedHeader({ alg: "HS256", kid: "test" })
    .sign(new TextEncoder().encode(keys));
}

async function ofAnotherKey(): Promise<string> {
  const { privateKey } = (await crypto.subtle.generateKey(
    { name: "ECDSA", namedCurve: "P-256" },
    true,
    ["sign", "verify"],
  )) as CryptoKeyPair;
  return new SignJWT(claims()).setProtectedHeader({ alg: "ES256", kid: "test" }).sign(privateKey);
}

async function withoutExpiry(): Promise<string> {
  const { exp: _, ...rest } = claims();
  const jwk = JSON.parse(inject("issuerJwk")) as Parameters<typeof importJWK>[0];
  return new SignJWT(rest)
    .setProtectedHeader({ alg: "ES256", kid: "test" })
    .sign(await importJWK(jwk, "ES256"));
}

const badTokens: [string, () => string | Promise<string>][] = [
  ["is not signed", () => `${base64Url({ alg: "none" })}.${base64Url(claims())}.`],
  ["is signed with the public key as a secret", confused],
  ["is of another key", ofAnotherKey],
  ["has expired", () => makeToken({ exp: nowSeconds() - 60 })],
  ["never expires", withoutExpiry],
  ["is for another audience", () => makeToken({ aud: "other" })],
  ["is of another issuer", () => makeToken({ iss: "https://evil.example" })],
  ["has no subject", () => makeToken({ sub: "" })],
  ["has a subject that breaks headers", () => makeToken({ sub: "a\r\nx-edge-roles: admin" })],
  ["is rubbish", () => "rubbish"],
];

test.each(badTokens)("a token that %s is refused where a caller is needed", async (_, make) => {
  const headers = { Authorization: `Bearer ${await make()}` };
  const response = await ask("/me", { headers });
  expect(response.status).toBe(401);
  expect(response.headers.get("WWW-Authenticate")).toContain('error="invalid_token"');
});

test.each(badTokens)("a token that %s changes nothing of what is public", async (_, make) => {
  const headers = { Authorization: `Bearer ${await make()}` };
  expect((await ask(`/events/${await showEvent()}`, { headers })).status).toBe(200);
});

test("a good token says who calls", async () => {
  const headers = { Authorization: `Bearer ${await makeToken({ sub: "bob", roles: ["admin"] })}` };
  expect(await (await ask("/me", { headers })).json()).toEqual({ id: "bob", roles: ["admin"] });
});

test.each(["refuse", "hang"] as const)(
  "with an issuer that does %s public reads go on, with limits as well, and the rest is a 503",
  async (fault) => {
    const path = `/${fault}.json`;
    await issuer.plays({ path, fault });
    const settings = { JWKS_URL: issuer.url + path, RATE_LIMITS: "on" };
    const app = createApp(await openParts(readEnv({ ...env, ...settings })));
    const headers = { Authorization: `Bearer ${await makeToken({})}` };
    const context = createExecutionContext();
    const at = (to: string) => new Request(`https://edge.example${to}`, { headers });
    const view = await app.fetch(at(`/events/${await showEvent()}`), {}, context);
    expect(view.status).toBe(200);
    const me = await app.fetch(at("/me"), {}, context);
    expect(me.status).toBe(503);
    expect(me.headers.get("Retry-After")).toBeTruthy();
  },
);
