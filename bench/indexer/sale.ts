import { parseLsn } from "../../indexer/lsn.ts";
import { percentiles } from "../percentiles.ts";
import type { BenchRow } from "../report.ts";
import type { Lab } from "./lab.ts";

export interface Sale {
  /** Ends it; gives what the buyers and the readers saw. */
  stop(): Promise<BenchRow>;
}

interface Mark {
  readonly lsn: bigint;
  readonly atMs: number;
}

/**
 * Tickets of one event change, one a transaction, from several clients; meanwhile its document is read again and
 * again, and each change is timed from its commit until the document includes it.
 * @param perSecond all clients together; infinity for as fast as they can
 */
export function startSale(
  lab: Lab,
  options: { name: string; event: number; clients: number; perSecond: number },
): Sale {
  const { pool } = lab.database;
  const marks: Mark[] = [];
  const lags: number[] = [];
  const ending = new AbortController();
  let changes = 0;
  let writes = 0;
  const started = performance.now();
  const client = async (first: bigint, number: number) => {
    for (let turn = 0; !ending.signal.aborted; turn += 1) {
      const dueMs = started + ((turn * options.clients) / options.perSecond) * 1_000;
      const waitMs = dueMs - performance.now();
      if (waitMs > 1) await new Promise((resolve) => setTimeout(resolve, waitMs));
      const id = first + BigInt((turn * options.clients + number) % 60_000);
      await pool.query("UPDATE tickets SET price = price + 1 WHERE id = $1", [id]);
      changes += 1;
      if (turn % 20 !== 0) continue;
      const atMs = performance.now();
      const { rows } = await pool.query<{ lsn: string }>(
        "SELECT pg_current_wal_lsn()::text AS lsn",
      );
      marks.push({ lsn: parseLsn(rows[0]?.lsn ?? ""), atMs });
    }
  };
  const reader = async () => {
    let rev = 0;
    while (!ending.signal.aborted || marks.length > 0) {
      const now = await readRev(lab, options.event);
      if (now !== rev) writes += 1;
      rev = now;
      const seenMs = performance.now();
      while (marks[0] && marks[0].lsn <= BigInt(rev) + 200n) {
        lags.push(seenMs - (marks.shift()?.atMs ?? seenMs));
      }
      if (ending.signal.aborted && seenMs - started > 600_000) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  const work = (async () => {
    const { rows } = await pool.query<{ first: string }>(
      "SELECT min(id)::text AS first FROM tickets WHERE event_id = $1",
      [options.event],
    );
    const first = BigInt(rows[0]?.first ?? 1);
    await Promise.all([
      reader(),
      ...Array.from({ length: options.clients }, (_, number) => client(first, number)),
    ]);
  })();
  return {
    stop: async () => {
      const seconds = (performance.now() - started) / 1_000;
      ending.abort();
      // What nothing follows may lie a little behind the last mark.
      await pool.query("UPDATE tickets SET price = price + 1 WHERE event_id = $1 AND seat = '1'", [
        options.event,
      ]);
      await work;
      return {
        case: options.name,
        perSecond: Math.round(changes / seconds),
        writesPerSecond: Math.round((writes / seconds) * 100) / 100,
        ...percentiles(lags),
      };
    },
  };
}

async function readRev(lab: Lab, event: number): Promise<number> {
  const answer = await fetch(`${lab.typesense.url}/collections/events/documents/${event}`, {
    headers: { "x-typesense-api-key": lab.typesense.apiKey },
  });
  return ((await answer.json()) as { rev: number }).rev;
}
