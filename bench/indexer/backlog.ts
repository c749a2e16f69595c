import { ChangeStream } from "../../indexer/change-stream.ts";
import { dropSlot } from "../../indexer/slot.ts";
import type { BenchRow } from "../report.ts";
import { type Lab, type LabIndexer, until } from "./lab.ts";

/** Rows changed by one transaction, as a sale of many seats or an import does. */
const rowsPerTransaction = 100;

/** Changes `rows` rows of tickets while nobody reads the slots. */
export async function makeBacklog(lab: Lab, rows: number): Promise<void> {
  const { rows: bounds } = await lab.database.pool.query<{ first: number; last: number }>(
    "SELECT min(id)::int AS first, max(id)::int AS last FROM tickets",
  );
  const { first = 1, last = 1 } = bounds[0] ?? {};
  const span = last - first + 1 - rowsPerTransaction;
  const clients = 4;
  await Promise.all(
    Array.from({ length: clients }, async (_, client) => {
      for (let at = client; at < rows / rowsPerTransaction; at += clients) {
        const from = first + ((at * rowsPerTransaction * 7) % span);
        await lab.database.pool.query(
          "UPDATE tickets SET price = price + 1 WHERE id >= $1 AND id < $2",
          [from, from + rowsPerTransaction],
        );
      }
    }),
  );
}

/** How fast the stream alone can be read, with nothing done about it: the limit for the next figure. */
export async function timeDecoding(lab: Lab, slot: string, rows: number): Promise<BenchRow> {
  let seen = 0;
  const started = performance.now();
  const stream = await ChangeStream.open({
    url: lab.databaseUrl,
    slot,
    publication: "search_pub",
    statusMs: 10_000,
    now: () => Date.now(),
    onTransaction: (transaction) => {
      seen += transaction.rows;
    },
    onKeepalive: () => {},
  });
  await until("decoding", async () => seen >= rows);
  const seconds = (performance.now() - started) / 1_000;
  await stream.close();
  await until("dropping the slot", () => dropped(lab, slot));
  return {
    case: "decode only",
    rows,
    seconds: round(seconds),
    perSecond: Math.round(rows / seconds),
  };
}

/** From the indexer's first row until nothing is dirty. */
export async function timeDrain(indexer: LabIndexer, rows: number): Promise<BenchRow> {
  const rowsBefore = await indexer.metric("indexer_row_changes_total");
  const started = performance.now();
  await until("draining", async () => {
    const [seen, dirty] = await Promise.all([
      indexer.metric("indexer_row_changes_total"),
      indexer.metric("indexer_dirty_keys"),
    ]);
    return seen - rowsBefore >= rows && dirty === 0;
  });
  const seconds = (performance.now() - started) / 1_000;
  return {
    case: "backlog drained",
    rows,
    seconds: round(seconds),
    perSecond: Math.round(rows / seconds),
  };
}

function round(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}

async function dropped(lab: Lab, slot: string): Promise<boolean> {
  try {
    await dropSlot(lab.database.pool, slot);
    return true;
  } catch {
    return false; // the server has not noticed yet that its reader is gone
  }
}
