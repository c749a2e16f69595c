import type { webcrypto } from "node:crypto";
import * as z from "zod";

const Given = z.strictObject({
  keyId: z.int().min(0).max(255),
  jwk: z.strictObject({
    kty: z.literal("OKP"),
    crv: z.literal("Ed25519"),
    x: z.string(),
    d: z.string(),
  }),
});

/** What tickets are signed with, and what a scanner verifies them by. */
export interface TicketKey {
  /** Names the key in each code, so that another can follow it. */
  readonly keyId: number;
  readonly privateKey: webcrypto.CryptoKey;
  /** 32 bytes, base64url. */
  readonly publicKey: string;
}

/**
 * Reads the signing key of tickets.
 * @param json `{ "keyId": 1, "jwk": { … } }`, the JWK an Ed25519 private key
 * @throws when it is anything else
 */
export async function importTicketKey(json: string): Promise<TicketKey> {
  const { keyId, jwk } = Given.parse(JSON.parse(json));
  const privateKey = await crypto.subtle.importKey("jwk", jwk, "Ed25519", false, ["sign"]);
  return { keyId, privateKey, publicKey: jwk.x };
}
