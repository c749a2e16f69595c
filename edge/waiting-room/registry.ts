import { DurableObject } from "cloudflare:workers";
import type { RoomEnv } from "./room-env.ts";

/** What the edge must know of a queued event before it touches any of its objects. */
export interface RegisteredRoom {
  readonly event: string;
  readonly generation: number;
  readonly shards: number;
  /** Unix milliseconds until which everybody is let through; 0 for never. */
  readonly failOpenUntil: number;
}

/** One small document: which events have a waiting room. Read through caches of a few seconds. */
export class RoomRegistry extends DurableObject<RoomEnv> {
  constructor(ctx: DurableObjectState, env: RoomEnv) {
    super(ctx, env);
    void ctx.blockConcurrencyWhile(async () => {
      ctx.storage.sql.exec(
        `CREATE TABLE IF NOT EXISTS rooms (event TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID`,
      );
    });
  }

  async set(room: RegisteredRoom): Promise<void> {
    this.ctx.storage.sql.exec(
      `INSERT INTO rooms VALUES (?, ?) ON CONFLICT (event) DO UPDATE SET value = excluded.value`,
      room.event,
      JSON.stringify(room),
    );
  }

  async remove(event: string): Promise<void> {
    this.ctx.storage.sql.exec(`DELETE FROM rooms WHERE event = ?`, event);
  }

  async list(): Promise<RegisteredRoom[]> {
    return this.ctx.storage.sql
      .exec<{ value: string }>(`SELECT value FROM rooms ORDER BY event`)
      .toArray()
      .map(({ value }) => JSON.parse(value) as RegisteredRoom); // written by `set` alone
  }
}
