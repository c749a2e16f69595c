import { inject } from "vitest";
import type { Change } from "../../contracts/changes.ts";
import { edgeHeaders, importSigningKeys, signParts } from "../../contracts/edge-signature.ts";
import { ask } from "./ask-edge.ts";

/**
 * Tells the edge of changes as origin and indexer do.
 * @param forge headers over those of a good message
 */
export async function tell(body: unknown, forge: Record<string, string> = {}): Promise<Response> {
  const bytes = new TextEncoder().encode(JSON.stringify(body));
  const requestId = crypto.randomUUID();
  const timestampSeconds = Math.floor(Date.now() / 1000);
  const parts = {
    method: "POST",
    path: "/internal/changes",
    query: "",
    timestampSeconds,
    body: bytes,
  };
  const nobody = { user: "", roles: "", requestId, deadline: "" };
  const keys = await importSigningKeys(inject("edgeSigningKeys"));
  const { keyId, signature } = await signParts(keys, { ...parts, ...nobody });
  const headers = {
    [edgeHeaders.keyId]: keyId,
    [edgeHeaders.signature]: signature,
    [edgeHeaders.timestamp]: String(timestampSeconds),
    [edgeHeaders.requestId]: requestId,
    ...forge,
  };
  return ask("/internal/changes", { method: "POST", body: bytes, headers });
}

/** The origin's message that a seat of this event is held. */
export function seatsOf(eventId: string) {
  return {
    source: "origin",
    changes: [{ eventId, sequence: "1", available: [], held: ["1"], booked: [] }],
  };
}

/** Batches of the indexer's, in order. */
export function feedOf(epoch: number) {
  let sent = 0;
  return {
    /** The next batch in order. */
    next: (...changes: Change[]) => {
      const from = sent + 1;
      sent += changes.length;
      return { source: "indexer", epoch, from, to: sent, changes };
    },
    /** One that never arrives. */
    lose: () => sent++,
  };
}
