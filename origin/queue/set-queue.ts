import { eq } from "drizzle-orm";
import type { QueueFigures, QueueSettings } from "../../contracts/queue.ts";
import { events } from "../../db/schema/catalogue.ts";
import { withTransaction } from "../../db/transaction.ts";
import { recordAction, type Actor } from "../catalogue/admin/actor.ts";
import { lockEvent, nextVersion } from "../catalogue/admin/lock-event.ts";
import type { Deps } from "../deps.ts";
import { DomainError } from "../errors.ts";
import { readQueue, requireQueue, toWanted, writeQueue } from "./queue-row.ts";
import { tellRoom } from "./tell-room.ts";

export type QueueDeps = Pick<Deps, "db" | "edgeUrl" | "signingKeys" | "now">;

/**
 * Gives an event a waiting room, changes the room that it has, or takes it away. Postgres first, then the edge; asking
 * again repeats what did not get through.
 * @returns live figures, or nothing once the room is gone
 * @throws DomainError `validation-failed` for an opening in the past; `conflict` for a change that comes too late
 */
export async function setQueue(
  deps: QueueDeps,
  actor: Actor,
  { id, settings }: { readonly id: string; readonly settings: QueueSettings },
): Promise<QueueFigures | undefined> {
  const had = await withTransaction(deps.db, async (tx) => {
    const row = await lockEvent(tx, id);
    const queue = await readQueue(tx, id);
    if (settings.enabled) {
      if (row.status === "cancelled") throw new DomainError("conflict", "The event is cancelled.");
      const isChange = row.queueEnabled && queue !== undefined;
      const opensAt = wholeSeconds(settings.opensAt);
      if (isChange && opensAt !== queue.opensAt && queue.opensAt <= deps.now()) {
        throw unchangeable("opensAt", "The opening is past and cannot be moved; reset instead.");
      }
      if (!isChange || opensAt !== queue.opensAt) requireFuture(opensAt, deps.now());
      if (isChange && queue.shards !== settings.shards) {
        throw unchangeable("shards", "The number of shards is fixed until a reset.");
      }
      const generation = isChange ? queue.generation : (queue?.generation ?? 0) + 1;
      const stored = { ...settings, opensAt: new Date(opensAt).toISOString() };
      await writeQueue(tx, id, generation, stored);
    }
    if (row.queueEnabled !== settings.enabled) {
      await tx
        .update(events)
        .set({ queueEnabled: settings.enabled, ...nextVersion })
        .where(eq(events.id, row.id));
    }
    await recordAction(tx, actor, {
      action: "queue.set",
      entity: "event",
      entityId: id,
      detail: settings,
    });
    return queue;
  });
  if (!settings.enabled) {
    if (!had) return undefined;
    const { event, generation } = had;
    await tellRoom(deps, { kind: "close", event, generation }); // closed already: that is fine, too
    return undefined;
  }
  const answer = await tellRoom(deps, toWanted(await requireQueue(deps.db, id)));
  if (answer.status === "done") return answer.figures;
  throw new DomainError(
    "conflict",
    answer.status === "refused" ? `The room says: ${answer.reason}.` : "The room is not there.",
  );
}

function unchangeable(path: "opensAt" | "shards", detail: string): DomainError {
  const errors = [{ path, message: "cannot be changed any more" }];
  return new DomainError("conflict", detail, { extras: { errors } });
}

/** @throws DomainError `validation-failed` */
export function requireFuture(opensAt: number, now: number): void {
  if (opensAt > now) return;
  const errors = [{ path: "opensAt", message: "must lie in the future" }];
  throw new DomainError("validation-failed", "Some fields are not valid.", { extras: { errors } });
}

/** @returns Unix milliseconds of the whole second: the draw hashes no less */
export function wholeSeconds(timestamp: string): number {
  return Math.floor(Date.parse(timestamp) / 1000) * 1000;
}
