import * as oauth from "oauth4webapi";
import { toProblem, type ProblemCode } from "../../contracts/problem.ts";
import type { Outcome, SignIn } from "./deps.ts";

export interface OpenIdClient {
  readonly issuer: string;
  /** Address of the issuer's metadata. */
  readonly discoveryUrl: string;
  readonly clientId: string;
  /** Only where the issuer wants one; PKCE protects the code either way. */
  readonly clientSecret?: string | undefined;
  /** Where the issuer sends people back to. */
  readonly redirectUri: string;
  readonly now: () => number;
  readonly reportError: (error: Error) => void;
}

const timeoutMs = 5_000;
/** Issuers move their endpoints about as often as houses. */
const metadataFreshMs = 3_600_000;

/**
 * Signs people in with OpenID Connect's authorization code flow and PKCE. The session is the issuer's own ID token: it
 * is verified again at each request, here and at the origin, so that nobody but the issuer can say who somebody is.
 */
export function createSignIn(options: OpenIdClient): SignIn {
  const client: oauth.Client = { client_id: options.clientId };
  const loadServer = keepFor(metadataFreshMs, options.now, () => discover(options));
  const tried = async <Value>(work: () => Promise<Outcome<Value>>): Promise<Outcome<Value>> => {
    try {
      return await work();
    } catch (error) {
      if (blamesVisitor(error)) return failed("unauthenticated");
      options.reportError(error instanceof Error ? error : new Error(String(error)));
      return failed("service-unavailable");
    }
  };
  return {
    begin: () =>
      tried(async () => {
        const server = await loadServer();
        if (server.authorization_endpoint === undefined) throw new Error("no place to sign in at");
        const attempt = {
          state: oauth.generateRandomState(),
          nonce: oauth.generateRandomNonce(),
          codeVerifier: oauth.generateRandomCodeVerifier(),
        };
        const url = new URL(server.authorization_endpoint);
        const parameters = {
          response_type: "code",
          client_id: options.clientId,
          redirect_uri: options.redirectUri,
          scope: "openid profile",
          state: attempt.state,
          nonce: attempt.nonce,
          code_challenge: await oauth.calculatePKCECodeChallenge(attempt.codeVerifier),
          code_challenge_method: "S256",
        };
        for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
        return { ok: true, value: { url: url.href, attempt } };
      }),
    finish: (callback, attempt) =>
      tried(async () => {
        const server = await loadServer();
        const answer = oauth.validateAuthResponse(server, client, callback, attempt.state);
        const response = await oauth.authorizationCodeGrantRequest(
          server,
          client,
          authentication(options.clientSecret),
          answer,
          options.redirectUri,
          attempt.codeVerifier,
          {
            signal: AbortSignal.timeout(timeoutMs),
            [oauth.allowInsecureRequests]: isLocal(options.issuer),
          },
        );
        const tokens = await oauth.processAuthorizationCodeResponse(server, client, response, {
          expectedNonce: attempt.nonce,
          requireIdToken: true,
        });
        const claims = oauth.getValidatedIdTokenClaims(tokens);
        if (!claims || tokens.id_token === undefined) throw new Error("no ID token came");
        return { ok: true, value: { token: tokens.id_token, expiresAt: claims.exp * 1000 } };
      }),
  };
}

async function discover({ issuer, discoveryUrl }: OpenIdClient) {
  const response = await fetch(discoveryUrl, { signal: AbortSignal.timeout(timeoutMs) });
  return oauth.processDiscoveryResponse(new URL(issuer), response);
}

function authentication(secret: string | undefined): oauth.ClientAuth {
  return secret === undefined ? oauth.None() : oauth.ClientSecretPost(secret);
}

/** Without TLS only on this machine. */
function isLocal(issuer: string): boolean {
  const { protocol, hostname } = new URL(issuer);
  return protocol === "http:" && ["localhost", "127.0.0.1", "[::1]"].includes(hostname);
}

/** The issuer said no, somebody gave up, or the answer belongs to another attempt. */
function blamesVisitor(error: unknown): boolean {
  return (
    error instanceof oauth.AuthorizationResponseError ||
    error instanceof oauth.ResponseBodyError ||
    error instanceof oauth.OperationProcessingError
  );
}

function failed(code: ProblemCode): { ok: false; problem: ReturnType<typeof toProblem> } {
  return { ok: false, problem: toProblem(code, "Signing in did not work.", "") };
}

function keepFor<Value>(ms: number, now: () => number, load: () => Promise<Value>) {
  let kept: { value: Promise<Value>; at: number } | undefined;
  return (): Promise<Value> => {
    if (kept && now() - kept.at < ms) return kept.value;
    const value = load();
    kept = { value, at: now() };
    value.catch(() => (kept = undefined)); // the next one asks again
    return value;
  };
}
