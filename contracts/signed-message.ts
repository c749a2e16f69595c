import { edgeHeaders, signParts, type SigningKeys } from "./edge-signature.ts";

/**
 * A message to the edge, signed like what the edge asks of the origin; it belongs to no user and has no deadline.
 * @param path on the edge, with a leading slash and without a query
 * @param message becomes the JSON body
 * @param nowMs Unix milliseconds
 * @returns what `fetch` needs for it
 */
export async function signedMessage(
  keys: SigningKeys,
  path: string,
  message: unknown,
  nowMs: number,
): Promise<{ method: "POST"; body: Uint8Array<ArrayBuffer>; headers: Record<string, string> }> {
  const body = new TextEncoder().encode(JSON.stringify(message));
  const requestId = crypto.randomUUID();
  const timestampSeconds = Math.floor(nowMs / 1_000);
  const { keyId, signature } = await signParts(keys, {
    method: "POST",
    path,
    query: "",
    timestampSeconds,
    body,
    user: "",
    roles: "",
    requestId,
    deadline: "",
  });
  return {
    method: "POST",
    body,
    headers: {
      "Content-Type": "application/json",
      [edgeHeaders.keyId]: keyId,
      [edgeHeaders.signature]: signature,
      [edgeHeaders.timestamp]: String(timestampSeconds),
      [edgeHeaders.requestId]: requestId,
    },
  };
}
