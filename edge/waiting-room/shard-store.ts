/** Whose shard it is. */
export interface ShardIdentity {
  readonly event: string;
  readonly generation: number;
  readonly shard: number;
  readonly shards: number;
}

/** A number's only pass, as it is kept. Times are Unix milliseconds. */
export interface StoredPass {
  readonly number: number;
  readonly position: number;
  readonly expiresAt: number;
  readonly ended: boolean;
}

type PassRow = { number: number; position: number; expires_at: number; ended: number };

/** A shard's tables: one row a place, one a pass. */
export class ShardStore {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec(`CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL)`);
    sql.exec(
      `CREATE TABLE IF NOT EXISTS places (user TEXT PRIMARY KEY, number INTEGER NOT NULL) WITHOUT ROWID`,
    );
    sql.exec(`CREATE TABLE IF NOT EXISTS departures (number INTEGER PRIMARY KEY)`);
    sql.exec(
      `CREATE TABLE IF NOT EXISTS suspects (user TEXT PRIMARY KEY, sent_back INTEGER NOT NULL DEFAULT 0)
         WITHOUT ROWID`,
    );
    sql.exec(
      `CREATE TABLE IF NOT EXISTS passes (number INTEGER PRIMARY KEY, position INTEGER NOT NULL,
         expires_at INTEGER NOT NULL, ended INTEGER NOT NULL DEFAULT 0)`,
    );
  }

  identity(): ShardIdentity | null {
    const value = this.#meta("identity");
    return value === null ? null : (JSON.parse(value) as ShardIdentity); // written by the next method alone
  }

  saveIdentity(identity: ShardIdentity): void {
    this.#saveMeta("identity", JSON.stringify(identity));
  }

  /** Counts this start of the object, so that its requests differ from those of all starts before. */
  nextIncarnation(): number {
    const incarnation = Number(this.#meta("incarnation") ?? 0) + 1;
    this.#saveMeta("incarnation", String(incarnation));
    return incarnation;
  }

  placeOf(user: string): number | null {
    const [row] = this.#sql
      .exec<{ number: number }>(`SELECT number FROM places WHERE user = ?`, user)
      .toArray();
    return row?.number ?? null;
  }

  /** Gives a user a number, unless there is a place already. @returns the number that stands */
  addPlace(user: string, number: number): number {
    this.#sql.exec(`INSERT INTO places VALUES (?, ?) ON CONFLICT DO NOTHING`, user, number);
    return this.placeOf(user) ?? number;
  }

  removePlace(user: string, number: number): void {
    this.#sql.exec(`DELETE FROM places WHERE user = ?`, user);
    this.#sql.exec(`INSERT INTO departures VALUES (?) ON CONFLICT DO NOTHING`, number);
  }

  addSuspect(user: string): void {
    this.#sql.exec(`INSERT INTO suspects (user) VALUES (?) ON CONFLICT DO NOTHING`, user);
  }

  /** @returns whether this user is suspected and was not sent back yet; from now on, that has happened */
  markSentBack(user: string): boolean {
    const marked = this.#sql.exec(
      `UPDATE suspects SET sent_back = 1 WHERE user = ? AND sent_back = 0 RETURNING user`,
      user,
    );
    return marked.toArray().length > 0;
  }

  passOf(number: number): StoredPass | null {
    const [row] = this.#sql
      .exec<PassRow>(`SELECT * FROM passes WHERE number = ?`, number)
      .toArray();
    return row ? toPass(row) : null;
  }

  passes(): StoredPass[] {
    return this.#sql.exec<PassRow>(`SELECT * FROM passes ORDER BY number`).toArray().map(toPass);
  }

  addPass(pass: Omit<StoredPass, "ended">): void {
    this.#sql.exec(
      `INSERT INTO passes (number, position, expires_at) VALUES (?, ?, ?)`,
      pass.number,
      pass.position,
      pass.expiresAt,
    );
  }

  endPass(number: number): void {
    this.#sql.exec(`UPDATE passes SET ended = 1 WHERE number = ?`, number);
  }

  /** @returns all who ever joined, and those of them who left without having claimed */
  counts(): { joins: number; left: number } {
    const row = this.#sql
      .exec<{ joins: number; left: number }>(
        `SELECT (SELECT count(*) FROM places) + (SELECT count(*) FROM departures) AS joins,
           (SELECT count(*) FROM departures WHERE number NOT IN (SELECT number FROM passes)) AS left`,
      )
      .one();
    return row;
  }

  #meta(key: string): string | null {
    const [row] = this.#sql
      .exec<{ value: string }>(`SELECT value FROM meta WHERE key = ?`, key)
      .toArray();
    return row?.value ?? null;
  }

  #saveMeta(key: string, value: string): void {
    this.#sql.exec(
      `INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
      key,
      value,
    );
  }
}

function toPass(row: PassRow): StoredPass {
  return {
    number: row.number,
    position: row.position,
    expiresAt: row.expires_at,
    ended: row.ended === 1,
  };
}
