import { Hono } from "hono";
import { loginRoutes } from "./login.ts";
import { type SigningKey, publicHalf, signingAlgorithm } from "./signing-key.ts";

export interface IdentityOptions {
  key: SigningKey;
  /** The URL that this issuer answers under, without a slash at the end. */
  issuer: string;
  /** Where codes are exchanged, if not below the issuer's own URL. */
  tokenEndpoint?: string;
}

/** The local identity issuer: what a verifier needs to check its tokens, and a page to sign in at. */
export function createIdentity({ key, issuer, tokenEndpoint }: IdentityOptions): Hono {
  return new Hono()
    .route("/", loginRoutes({ key, issuer, now: () => Date.now() }))
    .get("/.well-known/openid-configuration", (ctx) =>
      ctx.json({
        issuer,
        jwks_uri: `${issuer}/jwks.json`,
        authorization_endpoint: `${issuer}/authorize`,
        token_endpoint: tokenEndpoint ?? `${issuer}/token`,
        response_types_supported: ["code"],
        grant_types_supported: ["authorization_code"],
        code_challenge_methods_supported: ["S256"],
        token_endpoint_auth_methods_supported: ["none"],
        authorization_response_iss_parameter_supported: true,
        id_token_signing_alg_values_supported: [signingAlgorithm],
        subject_types_supported: ["public"],
      }),
    )
    .get("/jwks.json", (ctx) =>
      ctx.json({ keys: [publicHalf(key)] }, 200, { "Cache-Control": "public, max-age=300" }),
    );
}
