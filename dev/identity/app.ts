import { Hono } from "hono";
import { type SigningKey, publicHalf, signingAlgorithm } from "./signing-key.ts";

export interface IdentityOptions {
  key: SigningKey;
  /** The URL that this issuer answers under, without a slash at the end. */
  issuer: string;
}

/** The local identity issuer: what a verifier needs to check its tokens. */
export function createIdentity({ key, issuer }: IdentityOptions): Hono {
  return new Hono()
    .get("/.well-known/openid-configuration", (ctx) =>
      ctx.json({
        issuer,
        jwks_uri: `${issuer}/jwks.json`,
        id_token_signing_alg_values_supported: [signingAlgorithm],
        subject_types_supported: ["public"],
      }),
    )
    .get("/jwks.json", (ctx) =>
      ctx.json({ keys: [publicHalf(key)] }, 200, { "Cache-Control": "public, max-age=300" }),
    );
}
