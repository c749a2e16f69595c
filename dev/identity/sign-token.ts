import { SignJWT, importJWK } from "jose";
import { type SigningKey, signingAlgorithm } from "./signing-key.ts";

/** Who the tokens are for, in every one of them. */
export const audience = "frontrow";

/** How long a local token lasts; a day's work. */
const lifetimeSeconds = 12 * 60 * 60;

export interface TokenOptions {
  key: SigningKey;
  issuer: string;
  user: string;
  roles: readonly string[];
  /** Unix time. */
  nowSeconds: number;
  /** Of a sign-in in a browser. */
  nonce?: string | undefined;
  name?: string;
}

/** A signed JWT that says who somebody is to the local stack. */
export async function signToken(options: TokenOptions): Promise<string> {
  const { key, issuer, user, roles, nowSeconds, nonce, name } = options;
  return await new SignJWT({ roles, ...(nonce && { nonce }), ...(name && { name }) })
    .setProtectedHeader({ alg: signingAlgorithm, kid: key.kid, typ: "JWT" })
    .setIssuer(issuer)
    .setAudience(audience)
    .setSubject(user)
    .setIssuedAt(nowSeconds)
    .setExpirationTime(nowSeconds + lifetimeSeconds)
    .sign(await importJWK(key, signingAlgorithm));
}
