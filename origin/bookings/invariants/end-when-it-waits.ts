import type pg from "pg";

/** How often the server is asked whether a statement waits, in milliseconds. */
const lookMs = 2;

/**
 * Runs something on a backend while all tickets of an event are locked, and has the server end that backend once it
 * waits for one of them.
 * @param pid of the backend
 */
export async function endWhenItWaits<T>(
  pool: pg.Pool,
  eventId: bigint,
  pid: number,
  run: () => Promise<T>,
): Promise<T> {
  const blocker = await pool.connect();
  try {
    await blocker.query("BEGIN");
    await blocker.query("SELECT FROM tickets WHERE event_id = $1 ORDER BY id FOR UPDATE", [
      eventId,
    ]);
    const state = { isDone: false };
    const running = run().finally(() => {
      state.isDone = true;
    });
    running.catch(() => undefined);
    while (!state.isDone) {
      const ended = await pool.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = $1 AND wait_event_type = 'Lock'`,
        [pid],
      );
      if (ended.rowCount === 1) break;
      await new Promise((resolve) => setTimeout(resolve, lookMs));
    }
    return await running;
  } finally {
    await blocker.query("ROLLBACK").catch(() => undefined);
    blocker.release();
  }
}
