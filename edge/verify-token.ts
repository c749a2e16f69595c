import {
  createLocalJWKSet,
  decodeProtectedHeader,
  errors,
  type JSONWebKeySet,
  jwtVerify,
} from "jose";
import * as z from "zod";
import { EdgeProblem, unavailable } from "./problem.ts";

/** Asymmetric only: with a shared secret the edge could mint what it verifies. */
const algorithms = ["ES256", "RS256", "EdDSA", "Ed25519"];
const clockToleranceSeconds = 5;
const fetchTimeoutMs = 2_000;
/** How long keys are used before they are asked for again; a dead issuer does not end their use. */
const keysFreshMs = 10 * 60_000;
/** An unknown key id asks the issuer again, but no more often than this: ids are the caller's to invent. */
const refetchPauseMs = 10_000;
/** A token that was good is believed for so long, never beyond its end: a verification is 0.2 ms of work. */
const believedMs = 60_000;
/** Some 1 kB each: an isolate has 128 MB for everything. */
const believedTokensMax = 5_000;

export interface Caller {
  /** `sub` of the token. */
  readonly id: string;
  readonly roles: readonly string[];
  /** As people call them, where the issuer says so. */
  readonly name?: string | undefined;
  /** As it came, for the origin to verify again. */
  readonly token: string;
}

interface Believed {
  readonly caller: Caller;
  readonly untilMs: number;
}

export type VerifyToken = (token: string) => Promise<Caller>;

export interface TokenRules {
  readonly issuer: string;
  readonly audience: string;
  readonly jwksUrl: string;
  readonly now: () => number;
}

/** OpenID Connect: a subject is at most 255 ASCII characters. It travels in a header to the origin. */
const Claims = z.object({
  sub: z.string().regex(/^[\x21-\x7e]{1,255}$/),
  roles: z.array(z.string()).default([]),
  name: z.string().max(200).optional(),
  exp: z.number(),
});
const KeySet = z.object({ keys: z.array(z.looseObject({ kty: z.string() })) });

/**
 * Makes the verifier of bearer tokens.
 * @returns a function that throws `unauthenticated` for a bad token, `service-unavailable` when the issuer's keys were
 * never to be had
 */
export function createTokenVerifier({ issuer, audience, jwksUrl, now }: TokenRules): VerifyToken {
  const keys = createKeyCache(jwksUrl, now);
  const verify = async (token: string): Promise<Believed> => {
    const kid = readKid(token);
    const { payload } = await jwtVerify(token, createLocalJWKSet(await keys.get(kid)), {
      algorithms,
      issuer,
      audience,
      clockTolerance: clockToleranceSeconds,
      currentDate: new Date(now()),
      requiredClaims: ["exp", "sub"],
    }).catch((error: unknown) => {
      throw notVerified(error);
    });
    const claims = Claims.safeParse(payload);
    if (!claims.success) throw notVerified(undefined);
    const { sub: id, roles, name, exp } = claims.data;
    const untilMs = Math.min(now() + believedMs, exp * 1_000);
    return { caller: { id, roles, name, token }, untilMs };
  };
  const believed = new Map<string, Believed>();
  return async (token) => {
    const known = believed.get(token);
    if (known && now() < known.untilMs) return known.caller;
    believed.delete(token);
    const found = await verify(token);
    believed.set(token, found);
    const [oldest] = believed.keys();
    if (believed.size > believedTokensMax && oldest !== undefined) believed.delete(oldest);
    return found.caller;
  };
}

function createKeyCache(jwksUrl: string, now: () => number) {
  let keySet: JSONWebKeySet | undefined;
  let askedAt = Number.NEGATIVE_INFINITY;
  let fetchedAt = Number.NEGATIVE_INFINITY;
  const isDue = (kid: string | undefined) => {
    if (now() - askedAt < refetchPauseMs) return false;
    const known = keySet?.keys.some((key) => kid === undefined || key.kid === kid) ?? false;
    return !known || now() - fetchedAt > keysFreshMs;
  };
  return {
    async get(kid: string | undefined): Promise<JSONWebKeySet> {
      if (isDue(kid)) {
        if (keySet) askedAt = now(); // without any key every request has to try
        const fetched = await fetchKeys(jwksUrl);
        if (fetched) {
          keySet = fetched;
          fetchedAt = now();
        }
      }
      if (!keySet) throw unavailable("Tokens cannot be verified right now.");
      return keySet;
    },
  };
}

async function fetchKeys(jwksUrl: string): Promise<JSONWebKeySet | undefined> {
  try {
    const response = await fetch(jwksUrl, { signal: AbortSignal.timeout(fetchTimeoutMs) });
    if (!response.ok) return undefined;
    return KeySet.parse(await response.json()) as JSONWebKeySet;
  } catch {
    return undefined; // the keys at hand go on being used
  }
}

function readKid(token: string): string | undefined {
  try {
    return decodeProtectedHeader(token).kid;
  } catch {
    throw notVerified(undefined);
  }
}

function notVerified(error: unknown): EdgeProblem {
  const expired = error instanceof errors.JWTExpired;
  const detail = expired ? "The token has expired." : "The token is not valid.";
  const description = expired ? "expired" : "invalid";
  return new EdgeProblem(
    "unauthenticated",
    detail,
    {},
    challenge(`error="invalid_token", error_description="${description}"`),
  );
}

/** RFC 6750: says that, and why, a bearer token is asked for. */
export function challenge(parameters = ""): Record<string, string> {
  return {
    "WWW-Authenticate": `Bearer realm="frontrow"${parameters === "" ? "" : `, ${parameters}`}`,
  };
}
