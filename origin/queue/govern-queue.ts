import { sql } from "drizzle-orm";
import type { QueueFigures } from "../../contracts/queue.ts";
import { withTransaction } from "../../db/transaction.ts";
import { recordAction, type Actor } from "../catalogue/admin/actor.ts";
import { lockEvent } from "../catalogue/admin/lock-event.ts";
import { DomainError } from "../errors.ts";
import { requireQueue, toWanted, writeQueue } from "./queue-row.ts";
import { type QueueDeps, requireFuture, wholeSeconds } from "./set-queue.ts";
import { tellRoom } from "./tell-room.ts";

/** What an administrator can do to a room that is there. */
export type QueueOrder =
  | { readonly kind: "pause" | "resume" | "open" }
  /** Everybody is let through for so long. */
  | { readonly kind: "fail-open"; readonly seconds: number }
  /** Voids all places and passes. */
  | { readonly kind: "reset"; readonly opensAt: string };

/**
 * Has a room do something, and writes down who wanted it before anything happens.
 * @throws DomainError `conflict` where it makes no sense now; `validation-failed` for an opening in the past
 */
export async function governQueue(
  deps: QueueDeps,
  actor: Actor,
  { id, order }: { readonly id: string; readonly order: QueueOrder },
): Promise<QueueFigures> {
  const until = order.kind === "fail-open" ? deps.now() + order.seconds * 1000 : 0;
  const wanted = await withTransaction(deps.db, async (tx) => {
    await lockEvent(tx, id);
    const row = await requireQueue(tx, id);
    if (order.kind === "reset") {
      const opensAt = wholeSeconds(order.opensAt);
      requireFuture(opensAt, deps.now());
      const settings = { ...row, opensAt: new Date(opensAt).toISOString() };
      await writeQueue(tx, id, row.generation + 1, settings);
    }
    if (order.kind === "fail-open") {
      await tx.execute(sql`
        UPDATE event_queues SET fail_open_until = to_timestamp(${until / 1000}::float8)
        WHERE event_id = ${id}`);
    }
    const { kind, ...detail } = order;
    await recordAction(tx, actor, {
      action: `queue.${kind}`,
      entity: "event",
      entityId: id,
      detail,
    });
    return toWanted(await requireQueue(tx, id));
  });
  const { event, generation } = wanted;
  switch (order.kind) {
    case "reset":
      return figuresOf(await tellRoom(deps, wanted));
    case "fail-open":
      return figuresOf(await tellRoom(deps, { kind: "fail-open", event, generation, until }));
    case "open": {
      const figures = figuresOf(await tellRoom(deps, { kind: "open", event, generation }));
      await deps.db.execute(sql`
        UPDATE event_queues SET opens_at = ${figures.status.opensAt}
        WHERE event_id = ${id} AND generation = ${generation}`);
      return figures;
    }
    case "pause":
    case "resume":
      return figuresOf(await tellRoom(deps, { kind: order.kind, event, generation }));
    default:
      return order satisfies never;
  }
}

function figuresOf(answer: Awaited<ReturnType<typeof tellRoom>>): QueueFigures {
  if (answer.status === "done") return answer.figures;
  const reason = answer.status === "refused" ? answer.reason : "the room is not there yet";
  throw new DomainError("conflict", `Not now: ${reason}.`);
}
