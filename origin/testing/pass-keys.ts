import { importPassKeys, type PassKeys, publicHalves } from "../../contracts/admission-pass.ts";

/** Keys of a test's own: the edge's half signs, the origin's verifies. */
export async function makePassKeys(): Promise<{ signing: PassKeys; verifying: PassKeys }> {
  const algorithm = { name: "ECDSA", namedCurve: "P-256" };
  const { privateKey } = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const json = JSON.stringify({ p1: await crypto.subtle.exportKey("jwk", privateKey) });
  return {
    signing: await importPassKeys(json, "private"),
    verifying: await importPassKeys(publicHalves(json), "public"),
  };
}
