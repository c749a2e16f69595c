import { calculateJwkThumbprint, exportJWK, generateKeyPair } from "jose";
import * as z from "zod";

export const signingAlgorithm = "ES256";

/** The private key of the local issuer, as a JWK. */
export const SigningKey = z.object({
  kty: z.literal("EC"),
  crv: z.literal("P-256"),
  x: z.string(),
  y: z.string(),
  d: z.string(),
  kid: z.string(),
});
export type SigningKey = z.infer<typeof SigningKey>;

export async function makeSigningKey(): Promise<SigningKey> {
  const { privateKey } = await generateKeyPair(signingAlgorithm, { extractable: true });
  const jwk = await exportJWK(privateKey);
  return SigningKey.parse({ ...jwk, kid: await calculateJwkThumbprint(jwk) });
}

/** The half that anybody may know, as an entry of a JWKS. */
export function publicHalf({ kty, crv, x, y, kid }: SigningKey) {
  return { kty, crv, x, y, kid, alg: signingAlgorithm, use: "sig" };
}
