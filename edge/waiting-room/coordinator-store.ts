import type { QueueSample } from "../../contracts/queue.ts";
import { type Account, freshAccount, type Room } from "./core/room.ts";

/** The curves of one sale: a point each five seconds for a day, in milliseconds. */
const historyMs = 86_400_000;

/** An account as it is kept: with how many numbers the room had issued by then, whoever got them. */
interface StoredAccount extends Account {
  readonly issuedThen: number;
}

/** A coordinator's tables. What is read back was written here, so it is not parsed again. */
export class CoordinatorStore {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec(`CREATE TABLE IF NOT EXISTS room (id INTEGER PRIMARY KEY, value TEXT NOT NULL)`);
    sql.exec(
      `CREATE TABLE IF NOT EXISTS accounts (shard INTEGER PRIMARY KEY, value TEXT NOT NULL)`,
    );
    sql.exec(`CREATE TABLE IF NOT EXISTS history (at INTEGER PRIMARY KEY, value TEXT NOT NULL)`);
  }

  /** @returns the room with its accounts; numbers leased since its row was written count as issued */
  load(): Room | null {
    const [row] = this.#sql.exec<{ value: string }>(`SELECT value FROM room`).toArray();
    if (!row) return null;
    const room = JSON.parse(row.value) as Room;
    const accounts = [...room.accounts];
    let { issued } = room;
    for (const { shard, value } of this.#sql.exec<{ shard: number; value: string }>(
      `SELECT shard, value FROM accounts`,
    )) {
      const { issuedThen, ...account } = JSON.parse(value) as StoredAccount;
      accounts[shard] = account;
      issued = Math.max(issued, issuedThen);
    }
    return { ...room, accounts, issued };
  }

  /** Writes all but the accounts, which have rows of their own: one row. */
  saveRoom(room: Room): void {
    const fresh = room.accounts.map(() => freshAccount);
    this.#sql.exec(
      `INSERT INTO room VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET value = excluded.value`,
      JSON.stringify({ ...room, accounts: fresh }),
    );
  }

  /** @param issued of the room: the account itself forgets its block with its next request */
  saveAccount(shard: number, account: Account, issued: number): void {
    this.#sql.exec(
      `INSERT INTO accounts VALUES (?, ?) ON CONFLICT (shard) DO UPDATE SET value = excluded.value`,
      shard,
      JSON.stringify({ ...account, issuedThen: issued } satisfies StoredAccount),
    );
  }

  /** Starts a generation: the accounts of the last one are void. */
  startOver(room: Room): void {
    this.#sql.exec(`DELETE FROM accounts`);
    this.#sql.exec(`DELETE FROM history`);
    this.saveRoom(room);
  }

  addSample(sample: QueueSample, now: number): void {
    this.#sql.exec(
      `INSERT INTO history VALUES (?, ?) ON CONFLICT DO NOTHING`,
      now,
      JSON.stringify(sample),
    );
    this.#sql.exec(`DELETE FROM history WHERE at < ?`, now - historyMs);
  }

  history(): QueueSample[] {
    return this.#sql
      .exec<{ value: string }>(`SELECT value FROM history ORDER BY at`)
      .toArray()
      .map(({ value }) => JSON.parse(value) as QueueSample);
  }
}
