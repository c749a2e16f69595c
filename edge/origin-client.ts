import { edgeHeaders, type SigningKeys } from "../contracts/edge-signature.ts";
import { createSign, type Sign } from "./digest.ts";
import type { Figures, Outcome } from "./figures.ts";
import type { Network } from "./network.ts";
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
  readonly network: Network;
  readonly signingKeys: SigningKeys;
  readonly now: () => number;
  readonly figures: Figures;
}): OriginClient {
  const { now, figures, network } = options;
  const sign = createSign(options.signingKeys);
  return async (request) => {
    const target = new URL(request.path, options.url);
    const began = now();
    const headers = signedHeaders(request, target, sign, began);
    const note = (outcome: Outcome, status: number) =>
      figures.asked({
        method: request.method,
        who: "origin",
        outcome,
        status,
        ms: now() - began,
      });
    try {
      const response = await network.fetch(target, {
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

function signedHeaders(
  request: OriginRequest,
  target: URL,
  sign: Sign,
  nowMs: number,
): Record<string, string> {
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
  const { keyId, signature } = sign(parts);
  // A plain record crosses into the runtime once, where each call of `Headers` does.
  const headers: Record<string, string> = {
    [edgeHeaders.keyId]: keyId,
    [edgeHeaders.signature]: signature,
    [edgeHeaders.timestamp]: String(parts.timestampSeconds),
    [edgeHeaders.user]: parts.user,
    [edgeHeaders.roles]: parts.roles,
    [edgeHeaders.deadline]: parts.deadline,
    [edgeHeaders.requestId]: requestId,
  };
  for (const name of passedOn) {
    const value = request.headers?.get(name);
    if (value) headers[name] = value;
  }
  const trace = toTraceparent(requestId);
  if (trace) headers["traceparent"] = trace;
  if (caller) headers["authorization"] = `Bearer ${caller.token}`;
  if (request.encoding) headers["accept-encoding"] = request.encoding;
  return headers;
}
