import { decodeJwt } from "jose";
import { calculatePKCECodeChallenge, generateRandomCodeVerifier } from "oauth4webapi";
import { expect, test } from "vitest";
import { createIdentity } from "./app.ts";
import { makeSigningKey } from "./signing-key.ts";

const issuer = "http://localhost:1234";
const app = createIdentity({ key: await makeSigningKey(), issuer });
const verifier = generateRandomCodeVerifier();
const asked = {
  response_type: "code",
  client_id: "frontrow",
  redirect_uri: "http://localhost:8787/auth/callback",
  code_challenge: await calculatePKCECodeChallenge(verifier),
  code_challenge_method: "S256",
  state: "s",
  nonce: "n",
};

const post = (path: string, fields: Record<string, string>) =>
  app.request(path, { method: "POST", body: new URLSearchParams(fields) });

async function codeFor(user: string): Promise<string> {
  const answer = await post("/authorize", { ...asked, user });
  const back = new URL(answer.headers.get("Location") ?? "");
  expect(Object.fromEntries(back.searchParams)).toMatchObject({ state: "s", iss: issuer });
  return back.searchParams.get("code") ?? "";
}

const exchange = (code: string, change: Record<string, string> = {}) =>
  post("/token", {
    grant_type: "authorization_code",
    code,
    redirect_uri: asked.redirect_uri,
    code_verifier: verifier,
    ...change,
  });

test("one button for each account, and the token says who was chosen", async () => {
  const page = await (await app.request(`/authorize?${new URLSearchParams(asked)}`)).text();
  expect(page.match(/<button name="user" value="\w+"/g)).toHaveLength(3);
  const answer = await exchange(await codeFor("admin"));
  const { id_token: token } = (await answer.json()) as { id_token: string };
  expect(decodeJwt(token)).toMatchObject({
    sub: "admin",
    name: "Admin",
    roles: ["admin"],
    nonce: "n",
    aud: "frontrow",
  });
});

test("a code is good once, and only for who began", async () => {
  const code = await codeFor("alice");
  expect((await exchange(code)).status).toBe(200);
  expect((await exchange(code)).status).toBe(400);
  const other = await exchange(await codeFor("bob"), {
    code_verifier: generateRandomCodeVerifier(),
  });
  expect(other.status).toBe(400);
});

test.each([
  ["redirect_uri", "https://evil.example/auth/callback"],
  ["redirect_uri", "http://localhost:8787/elsewhere"],
  ["code_challenge_method", "plain"],
  ["client_id", "other"],
])("a request with %s %s is refused", async (name, value) => {
  const query = new URLSearchParams({ ...asked, [name]: value });
  expect((await app.request(`/authorize?${query}`)).status).toBe(400);
  expect((await post("/authorize", { ...asked, user: "alice", [name]: value })).status).toBe(400);
});
