import type { Db } from "../../../db/client.ts";
import { auditLog } from "../../../db/schema/bookings.ts";

/** Who does it, and under which request: every admin action leaves both in the audit log. */
export interface Actor {
  readonly userId: string;
  readonly requestId: string;
}

export interface AuditedAction {
  /** Noun and verb, such as `venue.create`. */
  readonly action: string;
  readonly entity: "venue" | "performer" | "event" | "booking";
  readonly entityId: string;
  /** What was asked for. */
  readonly detail: Readonly<Record<string, unknown>>;
}

/** Writes down an action, in the transaction that does it: neither is ever there without the other. */
export async function recordAction(tx: Db, actor: Actor, done: AuditedAction): Promise<void> {
  await tx.insert(auditLog).values({
    actor: actor.userId,
    requestId: actor.requestId,
    action: done.action,
    entity: done.entity,
    entityId: done.entityId,
    detail: { ...done.detail },
  });
}
