import { createRemoteJWKSet, errors, jwtVerify } from "jose";
import * as z from "zod";
import type { User } from "./app-env.ts";
import { DomainError } from "./errors.ts";

/** Asymmetric only: with a shared secret the origin could mint what it verifies. */
const algorithms = ["ES256", "RS256", "EdDSA", "Ed25519"];
const clockToleranceSeconds = 5;
const jwksTimeoutMs = 2_000;
const jwksCacheMs = 10 * 60_000;

/** A token that was verified is believed for so long without another look: a verification is 0.2 ms of work. */
const believedMs = 60_000;
const believedTokensMax = 20_000;

/** jose's errors that blame our side or the issuer, not the token. */
const unavailableCodes = new Set(["ERR_JWKS_TIMEOUT", "ERR_JWKS_INVALID", "ERR_JOSE_GENERIC"]);

const Claims = z.object({
  sub: z.string().min(1).max(255),
  exp: z.number(),
  roles: z.array(z.string()).optional(),
  role: z.string().optional(),
});

/**
 * Checks a user's token.
 * @param nowMs Unix milliseconds
 * @throws DomainError `unauthenticated` when the token is not good, `service-unavailable` when the keys cannot be had
 */
export type VerifyToken = (token: string, nowMs: number) => Promise<User>;

export interface TokenRules {
  readonly issuer: string;
  readonly audience: string;
  readonly jwksUrl: string;
}

interface Believed {
  readonly user: User;
  readonly untilMs: number;
}

/**
 * Verifies tokens against the issuer's published keys, which are fetched once and kept. A token that was good is
 * remembered for a minute, never beyond its end.
 */
export function createTokenVerifier({ issuer, audience, jwksUrl }: TokenRules): VerifyToken {
  const keys = createRemoteJWKSet(new URL(jwksUrl), {
    timeoutDuration: jwksTimeoutMs,
    cacheMaxAge: jwksCacheMs,
  });
  const believed = new Map<string, Believed>();

  async function verify(token: string, nowMs: number): Promise<Believed> {
    const { payload } = await jwtVerify(token, keys, {
      algorithms,
      issuer,
      audience,
      requiredClaims: ["exp", "sub"],
      clockTolerance: clockToleranceSeconds,
      currentDate: new Date(nowMs),
    });
    const { sub, exp, roles, role } = Claims.parse(payload);
    const user = { id: sub, roles: roles ?? (role ? [role] : []) };
    return { user, untilMs: Math.min(nowMs + believedMs, exp * 1_000) };
  }

  return async (token, nowMs) => {
    const known = believed.get(token);
    if (known && nowMs < known.untilMs) return known.user;
    believed.delete(token);
    try {
      const found = await verify(token, nowMs);
      believed.set(token, found);
      const [oldest] = believed.keys();
      if (believed.size > believedTokensMax && oldest !== undefined) believed.delete(oldest);
      return found.user;
    } catch (cause) {
      throw toDomainError(cause);
    }
  };
}

function toDomainError(cause: unknown): DomainError {
  const blamesToken =
    cause instanceof z.ZodError ||
    (cause instanceof errors.JOSEError && !unavailableCodes.has(cause.code));
  return blamesToken
    ? new DomainError("unauthenticated", "The token is not valid, or no longer.", { cause })
    : new DomainError("service-unavailable", "Tokens cannot be checked right now.", {
        cause,
        retryAfterSeconds: 5,
      });
}
