import { exports } from "cloudflare:workers";
import { importJWK, type JWTPayload, SignJWT } from "jose";
import { inject } from "vitest";

const worker = (exports as unknown as { default: Fetcher }).default;

/** Asks the Worker as the outside does. */
export function ask(path: string, init: RequestInit = {}): Promise<Response> {
  return worker.fetch(`https://edge.example${path}`, { redirect: "manual", ...init });
}

/** Asks with a token. */
export async function askAs(
  user: string,
  path: string,
  init: RequestInit & { roles?: readonly string[] } = {},
): Promise<Response> {
  const { roles = [], ...rest } = init;
  const headers = new Headers(rest.headers);
  headers.set("Authorization", `Bearer ${await makeToken({ sub: user, roles })}`);
  return ask(path, { ...rest, headers });
}

/** A token of the test issuer. @param claims over those of a good one */
export async function makeToken(claims: JWTPayload): Promise<string> {
  const jwk = JSON.parse(inject("issuerJwk")) as Parameters<typeof importJWK>[0];
  const nowSeconds = Math.floor(Date.now() / 1000);
  const good = {
    iss: inject("issuerUrl"),
    aud: "frontrow",
    sub: "alice",
    iat: nowSeconds,
    exp: nowSeconds + 600,
  };
  return new SignJWT({ ...good, ...claims })
    .setProtectedHeader({ alg: "ES256", kid: "test" })
    .sign(await importJWK(jwk, "ES256"));
}
