import { changesPath } from "../../contracts/changes.ts";
import type { SigningKeys } from "../../contracts/edge-signature.ts";
import type { SeatChanges } from "../../contracts/seat-changes.ts";
import { postToEdge } from "../post-to-edge.ts";
import type { Deliver } from "./deliver.ts";
import { foldSeatMessages, SeatMessage } from "./seat-changes.ts";

const timeoutMs = 5_000;

/**
 * Tells the edge about seats that changed hands, signed like what the edge asks of the origin.
 * @param edgeUrl without a trailing slash
 * @param now Unix milliseconds
 */
export function tellEdge(edgeUrl: string, signingKeys: SigningKeys, now: () => number): Deliver {
  return async (messages) => {
    const changes = foldSeatMessages(
      messages.map(({ id, payload }) => ({ id, payload: SeatMessage.parse(payload) })),
    );
    const message = { source: "origin", changes } satisfies SeatChanges;
    const deps = { edgeUrl, signingKeys, now };
    const response = await postToEdge(deps, changesPath, message, timeoutMs);
    await response.body?.cancel();
  };
}
