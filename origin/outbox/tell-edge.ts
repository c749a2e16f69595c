import { changesPath } from "../../contracts/changes.ts";
import { edgeHeaders, signParts, type SigningKeys } from "../../contracts/edge-signature.ts";
import type { SeatChanges } from "../../contracts/seat-changes.ts";
import type { Deliver } from "./deliver.ts";
import { foldSeatMessages, SeatMessage } from "./seat-changes.ts";

const timeoutMs = 5_000;

/**
 * Tells the edge about seats that changed hands, signed like what the edge asks of the origin.
 * @param edgeUrl without a trailing slash
 * @param now Unix milliseconds
 */
export function tellEdge(edgeUrl: string, keys: SigningKeys, now: () => number): Deliver {
  return async (messages) => {
    const changes = foldSeatMessages(
      messages.map(({ id, payload }) => ({ id, payload: SeatMessage.parse(payload) })),
    );
    const body = new TextEncoder().encode(
      JSON.stringify({ source: "origin", changes } satisfies SeatChanges),
    );
    const requestId = crypto.randomUUID();
    const timestampSeconds = Math.floor(now() / 1000);
    const { keyId, signature } = await signParts(keys, {
      method: "POST",
      path: changesPath,
      query: "",
      timestampSeconds,
      body,
      user: "",
      roles: "",
      requestId,
      deadline: "",
    });
    const response = await fetch(edgeUrl + changesPath, {
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
    await response.body?.cancel();
    if (!response.ok) throw new Error(`the edge answered ${response.status}`);
  };
}
