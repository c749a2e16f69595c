import type { QueueFigures, QueueSample } from "../../contracts/queue.ts";
import { DomainError } from "../errors.ts";
import { requireQueue } from "./queue-row.ts";
import type { QueueDeps } from "./set-queue.ts";
import { tellRoom } from "./tell-room.ts";

/** @throws DomainError `conflict` for an event that is not queued; `service-unavailable` */
export async function readFigures(deps: QueueDeps, id: string): Promise<QueueFigures> {
  const { event, generation } = await requireQueue(deps.db, id);
  const answer = await tellRoom(deps, { kind: "figures", event, generation });
  if (answer.status === "done") return answer.figures;
  throw new DomainError("service-unavailable", "The room is being set up.", {
    retryAfterSeconds: 2,
  });
}

/** The curves of the sale so far, a point each five seconds. */
export async function readHistory(deps: QueueDeps, id: string): Promise<QueueSample[]> {
  const { event, generation } = await requireQueue(deps.db, id);
  const answer = await tellRoom(deps, { kind: "history", event, generation });
  return answer.status === "history" ? answer.samples : [];
}
