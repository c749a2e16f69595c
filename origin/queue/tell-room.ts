import { edgeHeaders, signParts } from "../../contracts/edge-signature.ts";
import {
  type QueueControl,
  QueueControlAnswer,
  queueControlPath,
} from "../../contracts/queue-control.ts";
import type { Deps } from "../deps.ts";
import { DomainError } from "../errors.ts";

const timeoutMs = 8_000;

/**
 * Says something to the edge about a waiting room, signed.
 * @throws DomainError `service-unavailable` when it does not answer; saying it again is safe
 */
export async function tellRoom(
  { edgeUrl, signingKeys, now }: Pick<Deps, "edgeUrl" | "signingKeys" | "now">,
  control: QueueControl,
): Promise<QueueControlAnswer> {
  const body = new TextEncoder().encode(JSON.stringify(control));
  const requestId = crypto.randomUUID();
  const timestampSeconds = Math.floor(now() / 1000);
  const { keyId, signature } = await signParts(signingKeys, {
    method: "POST",
    path: queueControlPath,
    query: "",
    timestampSeconds,
    body,
    user: "",
    roles: "",
    requestId,
    deadline: "",
  });
  try {
    const response = await fetch(edgeUrl + queueControlPath, {
      method: "POST",
      body,
      headers: {
        "Content-Type": "application/json",
        [edgeHeaders.keyId]: keyId,
        [edgeHeaders.signature]: signature,
        [edgeHeaders.timestamp]: String(timestampSeconds),
        [edgeHeaders.requestId]: requestId,
      },
      redirect: "error",
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (!response.ok) throw new Error(`the edge answered ${response.status}`);
    return QueueControlAnswer.parse(await response.json());
  } catch (cause) {
    throw new DomainError(
      "service-unavailable",
      "The waiting room does not answer. What was asked for is kept where it could be; ask again.",
      { retryAfterSeconds: 2, cause },
    );
  }
}
