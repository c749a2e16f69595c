import { randomBytes } from "node:crypto";
import { exportJWK, generateKeyPair } from "jose";
import type { TestProject } from "vitest/node";
import { startFakeTurnstile } from "./fake-turnstile.ts";
import { startScriptedServer } from "./scripted-server.ts";

declare module "vitest" {
  export interface ProvidedContext {
    originUrl: string;
    issuerUrl: string;
    searchUrl: string;
    edgeSigningKeys: string;
    queueTicketKeys: string;
    /** Private, as the edge reads them. */
    passSigningKeys: string;
    /** The private key of the issuer, as JSON. */
    issuerJwk: string;
    turnstileUrl: string;
    turnstileSecret: string;
  }
}

/** What stands around the edge in its own tests: an origin, an issuer and a search server that fail when told to. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const [origin, issuer, search, turnstile] = await Promise.all([
    startScriptedServer(),
    startScriptedServer(),
    startScriptedServer(),
    startFakeTurnstile(),
  ]);
  const { privateKey, publicKey } = await generateKeyPair("ES256", { extractable: true });
  const names = { kid: "test", alg: "ES256", use: "sig" };
  const keys = { keys: [{ ...(await exportJWK(publicKey)), ...names }] };
  await fetch(`${issuer.url}/_script`, {
    method: "PUT",
    body: JSON.stringify({
      path: "/jwks.json",
      status: 200,
      bodyBase64: Buffer.from(JSON.stringify(keys)).toString("base64"),
    }),
  });
  project.provide("originUrl", origin.url);
  project.provide("issuerUrl", issuer.url);
  project.provide("searchUrl", search.url);
  project.provide("edgeSigningKeys", JSON.stringify({ k1: randomBytes(32).toString("hex") }));
  const pass = await generateKeyPair("ES256", { extractable: true });
  project.provide("queueTicketKeys", JSON.stringify({ t1: randomBytes(32).toString("hex") }));
  project.provide("passSigningKeys", JSON.stringify({ p1: await exportJWK(pass.privateKey) }));
  project.provide("issuerJwk", JSON.stringify({ ...(await exportJWK(privateKey)), ...names }));
  project.provide("turnstileUrl", turnstile.url);
  project.provide("turnstileSecret", turnstile.secret);
  return async () => {
    await Promise.all([origin.stop(), issuer.stop(), search.stop(), turnstile.stop()]);
  };
}
