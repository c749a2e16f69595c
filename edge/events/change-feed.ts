import { DurableObject } from "cloudflare:workers";
import type { ChangeFeedMethods } from "./event-objects.ts";
import { type FeedOrder, type FeedPosition, judgeBatch } from "./feed-order.ts";

/**
 * The one place in the world that sees every batch of the indexer's, whichever isolate took it: only here can a
 * missing one be noticed. Its position is on disk, or each sleep would look like a gap.
 */
export class ChangeFeed
  extends DurableObject<Record<string, unknown>>
  implements ChangeFeedMethods
{
  constructor(ctx: DurableObjectState, bindings: Record<string, unknown>) {
    super(ctx, bindings);
    ctx.storage.sql.exec(`CREATE TABLE IF NOT EXISTS position
      (one INTEGER PRIMARY KEY, epoch INTEGER NOT NULL, last INTEGER NOT NULL)`);
  }

  async note(batch: FeedPosition & { readonly from: number }): Promise<FeedOrder> {
    const { sql } = this.ctx.storage;
    const [row] = sql
      .exec<{ epoch: number; last: number }>("SELECT epoch, last FROM position")
      .toArray();
    const order = judgeBatch(row && { epoch: row.epoch, to: row.last }, batch);
    if (order !== "again")
      sql.exec("INSERT OR REPLACE INTO position VALUES (1, ?, ?)", batch.epoch, batch.to);
    return order;
  }
}
