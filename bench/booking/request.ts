import { hash } from "node:crypto";
import { edgeHeaders } from "../../contracts/edge-signature.ts";
import { createHmacSha256 } from "../../origin/hmac-sha256.ts";

export interface Buyer {
  readonly id: string;
  readonly token: string;
}

/** Writes a whole POST request. */
export type WriteRequest = (path: string, buyer: Buyer, body: string, key?: string) => string;

/** From when it is written; requests of an open loop are written before it starts. */
const patienceMs = 20_000;

let requests = 0;

/** As a buyer's program asks the edge. */
export function bearerRequest(host: string): WriteRequest {
  return (path, { token }, body, key) =>
    http(host, path, body, { authorization: `Bearer ${token}`, ...keyHeader(key) });
}

/**
 * As the edge asks the origin: signed. The signature is made as the origin checks it, so that the load stays small beside
 * what is measured; the origin refuses it if its bytes differ from those of `contracts/edge-signature.ts`.
 */
export function signedRequest(host: string, signingKeys: string): WriteRequest {
  const [first] = Object.entries(JSON.parse(signingKeys) as Record<string, string>);
  if (!first) throw new TypeError("no signing key given");
  const [keyId, hex] = first;
  const sign = createHmacSha256(Buffer.from(hex, "hex"));
  return (path, { id, token }, body, key) => {
    const nowMs = Date.now();
    const timestamp = String(Math.floor(nowMs / 1000));
    const deadline = String(nowMs + patienceMs);
    const requestId = `bench-${(requests++).toString(36).padStart(8, "0")}`;
    const bodyHash = hash("sha256", body);
    const fields = ["POST", path, "", timestamp, bodyHash, id, "", requestId, deadline];
    return http(host, path, body, {
      authorization: `Bearer ${token}`,
      [edgeHeaders.keyId]: keyId,
      [edgeHeaders.timestamp]: timestamp,
      [edgeHeaders.user]: id,
      [edgeHeaders.roles]: "",
      [edgeHeaders.deadline]: deadline,
      [edgeHeaders.requestId]: requestId,
      [edgeHeaders.signature]: sign(fields.join("\n")).toString("hex"),
      ...keyHeader(key),
    });
  };
}

/** As the baselines are asked, which check neither tokens nor signatures. */
export function plainRequest(host: string): WriteRequest {
  return (path, { id }, body) => http(host, path, body, { [edgeHeaders.user]: id });
}

function keyHeader(key: string | undefined): Record<string, string> {
  return key === undefined ? {} : { "idempotency-key": key };
}

function http(host: string, path: string, body: string, headers: Record<string, string>): string {
  let head = `POST ${path} HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/json\r\n`;
  for (const [name, value] of Object.entries(headers)) head += `${name}: ${value}\r\n`;
  return `${head}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}
