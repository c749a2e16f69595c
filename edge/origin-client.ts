import { edgeHeaders, signParts, type SigningKeys } from "../contracts/edge-signature.ts";
import type { Figures, Outcome } from "./figures.ts";
import { unavailable } from "./problem.ts";
import { toTraceparent } from "./trace.ts";
import type { Caller } from "./verify-token.ts";

/** What of a client's request the origin gets to see. Everything else stays at the edge. */
const passedOn = [
  "accept-language",
  "content-type",
  "idempotency-key",
  "if-match",
  "if-none-match",
  "admission-pass",
  "stripe-signature",
];

const noBody = new Uint8Array();

export interface OriginRequest {
  readonly method: string;
  /** Path with its query. */
  readonly path: string;
  readonly requestId: string;
  readonly timeoutMs: number;
  readonly caller?: Caller | undefined;
  /** The client's headers, of which a few are passed on. */
  readonly headers?: Headers;
  readonly body?: Uint8Array;
  /** Asks for a compressed body and leaves it so, as `Content-Encoding` says: for bytes that are only passed on. */
  readonly encoding?: "br" | "gzip";
}

/**
 * Sends a signed request to the origin, once: a write whose answer was lost may have happened.
 * @throws `service-unavailable` when the origin cannot be reached or takes longer than `timeoutMs`
 */
export type OriginClient = (request: OriginRequest) => Promise<Response>;

export function createOriginClient(options: {
  readonly url: string;
  readonly signingKeys: SigningKeys;
  readonly now: () => number;
  readonly figures: Figures;
}): OriginClient {
  const { now, figures } = options;
  return async (request) => {
    const target = new URL(request.path, options.url);
    const began = now();
    const headers = await signedHeaders(request, target, options.signingKeys, began);
    const note = (outcome: Outcome, status: number) =>
      figures.asked({
        method: request.method,
        who: "origin",
        outcome,
        status,
        ms: now() - began,
      });
    try {
      const response = await fetch(target, {
        method: request.method,
        headers,
        redirect: "manual",
        encodeResponseBody: request.encoding ? "manual" : "automatic",
        signal: AbortSignal.timeout(request.timeoutMs),
        ...(request.body && request.body.length > 0 ? { body: request.body } : {}),
      });
      const { status } = response;
      note(status === 304 ? "confirmed" : status < 500 ? "answered" : "failed", status);
      return response;
    } catch {
      note("failed", 0);
      throw unavailable(
        "The box office does not answer right now. Nothing was changed that you were not told of.",
      );
    }
  };
}

async function signedHeaders(
  request: OriginRequest,
  target: URL,
  keys: SigningKeys,
  nowMs: number,
): Promise<Headers> {
  const { caller, requestId } = request;
  const parts = {
    method: request.method,
    path: target.pathname,
    query: target.search,
    timestampSeconds: Math.floor(nowMs / 1000),
    body: request.body ?? noBody,
    user: caller?.id ?? "",
    roles: caller?.roles.join(",") ?? "",
    requestId,
    deadline: String(nowMs + request.timeoutMs),
  };
  const { keyId, signature } = await signParts(keys, parts);
  const headers = new Headers();
  for (const name of passedOn) {
    const value = request.headers?.get(name);
    if (value) headers.set(name, value);
  }
  const trace = toTraceparent(requestId);
  if (trace) headers.set("traceparent", trace);
  if (caller) headers.set("authorization", `Bearer ${caller.token}`);
  if (request.encoding) headers.set("accept-encoding", request.encoding);
  headers.set(edgeHeaders.keyId, keyId);
  headers.set(edgeHeaders.signature, signature);
  headers.set(edgeHeaders.timestamp, String(parts.timestampSeconds));
  headers.set(edgeHeaders.user, parts.user);
  headers.set(edgeHeaders.roles, parts.roles);
  headers.set(edgeHeaders.deadline, parts.deadline);
  headers.set(edgeHeaders.requestId, requestId);
  return headers;
}
