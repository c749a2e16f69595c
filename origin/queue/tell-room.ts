import {
  type QueueControl,
  QueueControlAnswer,
  queueControlPath,
} from "../../contracts/queue-control.ts";
import type { Deps } from "../deps.ts";
import { DomainError } from "../errors.ts";
import { postToEdge } from "../post-to-edge.ts";

const timeoutMs = 8_000;

/**
 * Says something to the edge about a waiting room, signed.
 * @throws DomainError `service-unavailable` when it does not answer; saying it again is safe
 */
export async function tellRoom(
  deps: Pick<Deps, "edgeUrl" | "signingKeys" | "now">,
  control: QueueControl,
): Promise<QueueControlAnswer> {
  try {
    const response = await postToEdge(deps, queueControlPath, control, timeoutMs);
    return QueueControlAnswer.parse(await response.json());
  } catch (cause) {
    throw new DomainError(
      "service-unavailable",
      "The waiting room does not answer. What was asked for is kept where it could be; ask again.",
      { retryAfterSeconds: 2, cause },
    );
  }
}
