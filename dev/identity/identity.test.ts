import { type JSONWebKeySet, createLocalJWKSet, jwtVerify } from "jose";
import { expect, test } from "vitest";
import { createIdentity } from "./app.ts";
import { audience, signToken } from "./sign-token.ts";
import { makeSigningKey } from "./signing-key.ts";

const issuer = "http://localhost:1234";
const nowSeconds = 1_800_000_000;
const key = await makeSigningKey();
const app = createIdentity({ key, issuer });
const jwks = (await (await app.request("/jwks.json")).json()) as JSONWebKeySet;

const verify = async (token: string, atSeconds: number) =>
  await jwtVerify(token, createLocalJWKSet(jwks), {
    issuer,
    audience,
    algorithms: ["ES256"],
    currentDate: new Date(atSeconds * 1000),
  });

test("a token says who it is for, and the published keys prove it", async () => {
  const token = await signToken({ key, issuer, user: "alice", roles: ["admin"], nowSeconds });
  const { payload, protectedHeader } = await verify(token, nowSeconds);
  expect(payload).toMatchObject({ iss: issuer, aud: "frontrow", sub: "alice", roles: ["admin"] });
  expect(protectedHeader).toMatchObject({ alg: "ES256", kid: key.kid });
});

test("a token lasts twelve hours", async () => {
  const token = await signToken({ key, issuer, user: "alice", roles: [], nowSeconds });
  const hours = (count: number) => nowSeconds + count * 3600;
  await expect(verify(token, hours(12) - 1)).resolves.toBeDefined();
  await expect(verify(token, hours(12) + 1)).rejects.toMatchObject({ code: "ERR_JWT_EXPIRED" });
});

test("a token of another stack is not accepted", async () => {
  const stranger = await makeSigningKey();
  const token = await signToken({ key: stranger, issuer, user: "eve", roles: [], nowSeconds });
  await expect(verify(token, nowSeconds)).rejects.toMatchObject({
    code: "ERR_JWKS_NO_MATCHING_KEY",
  });
});

test("the published keys hold no private half", () => {
  expect(jwks.keys).toHaveLength(1);
  expect(jwks.keys[0]).not.toHaveProperty("d");
});

test("discovery names the issuer that is in the tokens, and where its keys are", async () => {
  const answer = await app.request("/.well-known/openid-configuration");
  expect(await answer.json()).toMatchObject({ issuer, jwks_uri: `${issuer}/jwks.json` });
});
