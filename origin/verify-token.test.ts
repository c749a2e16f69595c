import { generateKeyPair, SignJWT, UnsecuredJWT } from "jose";
import { afterAll, beforeAll, expect, test } from "vitest";
import { audience, startTestIssuer, type TestIssuer } from "./testing/issuer.ts";
import { createTokenVerifier, type VerifyToken } from "./verify-token.ts";

let issuer: TestIssuer;
let verify: VerifyToken;
beforeAll(async () => {
  issuer = await startTestIssuer();
  verify = createTokenVerifier({ ...issuer, audience });
});
afterAll(() => issuer.stop());

test("a good token names its user and roles", async () => {
  const token = await issuer.sign("ada", { roles: ["admin"] });
  expect(await verify(token, Date.now())).toEqual({ id: "ada", roles: ["admin"] });
});

test("a token that was good once is not believed beyond its end", async () => {
  const token = await issuer.sign("ada", { expiresInSeconds: 30 });
  const now = Date.now();
  await verify(token, now);
  await verify(token, now + 28_000);
  await expect(verify(token, now + 40_000)).rejects.toMatchObject({ code: "unauthenticated" });
});

test("a token that was good is not believed for another user's, however alike", async () => {
  const token = await issuer.sign("ada");
  await verify(token, Date.now());
  const [header, , signature] = token.split(".");
  const claims = { sub: "mallory", exp: 9_999_999_999, iss: issuer.issuer, aud: audience };
  const forged = `${header}.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.${signature}`;
  await expect(verify(forged, Date.now())).rejects.toMatchObject({ code: "unauthenticated" });
});

test.each<[string, () => Promise<string> | string]>([
  ["without a signature", () => new UnsecuredJWT({}).setSubject("ada").encode()],
  [
    "signed with a shared secret",
    () =>
      new SignJWT({})
        .setProtectedHeader({ alg: "HS256", kid: "test" })
        .setSubject("ada")
        .setIssuer(issuer.issuer)
        .setAudience(audience)
        .setExpirationTime("5m")
        .sign(new TextEncoder().encode("x".repeat(32))),
  ],
  ["without a user", () => issuer.sign("")],
  ["of another key", async () => issuer.sign("ada", await anotherKey())],
])("a token %s is refused", async (_what, make) => {
  await expect(verify(await make(), Date.now())).rejects.toMatchObject({ code: "unauthenticated" });
});

async function anotherKey() {
  return { key: (await generateKeyPair("ES256")).privateKey };
}
