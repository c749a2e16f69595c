import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { type Database, openDatabase } from "../../db/client.ts";
import { freePort } from "../../dev/free-port.ts";
import { insertEvent, insertTickets } from "../../db/testing/factories.ts";
import { startWholeStack, type WholeStack } from "../../e2e/whole-stack.ts";

/** As many events as a country's box office sells at a time. */
export const largeProgramme = 100_000;

export interface Lab {
  readonly stack: WholeStack;
  readonly database: Database;
  /** Straight at the Worker, without the local front. */
  readonly directUrl: string;
  /** How often the origin has built a view, or confirmed one with a 304, as its log says. */
  originViews(status: 200 | 304): number;
  /** The process that runs the edge. */
  readonly edgePid: number;
  /** An event on sale with so many seats, in sections of 1,000, a third of them gone. @returns its id */
  makeEvent(seats: number, name?: string): Promise<string>;
  close(): Promise<void>;
}

/** The whole stack with the built-in programme, and a way into its database and its processes. */
export async function openLab(): Promise<Lab> {
  const directPort = await freePort();
  const stack = await startWholeStack({
    seed: "full",
    env: { ...process.env, EDGE_DIRECT_PORT: String(directPort) },
    print: (line) => console.error(line),
  });
  const database = openDatabase({ url: stack.databaseUrl, poolSize: 4 });
  return {
    stack,
    database,
    directUrl: `http://127.0.0.1:${directPort}`,
    originViews: (status) => {
      const log = readFileSync(stack.logFile("origin"), "utf8");
      return log.split(`"route":"/events/:eventId","status":${status},`).length - 1;
    },
    edgePid: stack.pids["edge"] ?? 0,
    makeEvent: async (seats, name = `Bench ${randomUUID()}`) => {
      const event = await insertEvent(database.db, { name, status: "published" });
      const inSection = Math.min(seats, 1_000);
      const sections = Array.from({ length: seats / inSection }, (_, at) => String(101 + at));
      const seatsPerRow = 25;
      await insertTickets(database.db, event, {
        sections,
        rows: inSection / seatsPerRow,
        seatsPerRow,
      });
      // As on any day of a sale: all seats alike would be smaller on the wire than they ever are.
      await database.pool.query(
        "UPDATE tickets SET status = 'blocked' WHERE event_id = $1 AND hashint8(id) % 3 = 0",
        [event.id],
      );
      return String(event.id);
    },
    close: async () => {
      await database.close();
      await stack.stop();
    },
  };
}

/** Adds events until there are `total`, and waits until all can be found. @returns how long that took, in seconds */
export async function fillProgramme({ stack, database }: Lab, total: number): Promise<number> {
  const started = performance.now();
  const { rows } = await database.pool.query<{ count: string }>("SELECT count(*) FROM events");
  const wanted = total - Number(rows[0]?.count);
  await database.pool.query(
    `WITH words AS (SELECT ARRAY['Midnight','Golden','Electric','Silent','Northern','Velvet','Broken','Summer','Royal','Neon',
       'Wild','Paper','Crystal','Distant','Hollow','Burning','Lunar','Open','Hidden','Last'] AS a,
       ARRAY['River','Orchestra','Parade','Tigers','Theatre','Harbour','Echoes','Festival','Machine','Garden',
       'Rovers','Symphony','Riders','Circus','Monday','Strangers','Skyline','Derby','Sessions','Union'] AS b),
     venue AS (SELECT array_agg(id) AS ids FROM venues), performer AS (SELECT array_agg(id) AS ids FROM performers),
     made AS (INSERT INTO events (venue_id, performer_id, name, category, status, starts_at, ends_at, on_sale_at, popularity)
       SELECT venue.ids[1 + n % cardinality(venue.ids)], performer.ids[1 + n % cardinality(performer.ids)],
         words.a[1 + n % 20] || ' ' || words.b[1 + (n / 20) % 20] || ' ' || n, 'music', 'published',
         now() + interval '1 day' + n * interval '3 minutes', now() + interval '1 day' + n * interval '3 minutes' + interval '2 hours',
         now() - interval '1 day', n % 1000
       FROM generate_series(1, $1::int) AS n, words, venue, performer RETURNING id, performer_id)
     INSERT INTO event_performers (event_id, performer_id, position) SELECT id, performer_id, 0 FROM made`,
    [wanted],
  );
  const until = performance.now() + 300_000;
  for (;;) {
    const found = await countDocuments(stack);
    if (found >= wanted) break;
    if (performance.now() > until) throw new Error(`only ${found} of ${wanted} events are indexed`);
    await sleep(500);
  }
  return Math.round((performance.now() - started) / 1000);
}

/** How many events Typesense finds, asked directly. @throws when it does not answer */
export async function countDocuments({ typesenseUrl, typesenseSearchKey = "" }: WholeStack) {
  const response = await fetch(
    `${typesenseUrl}/collections/events/documents/search?q=*&per_page=0`,
    { headers: { "X-TYPESENSE-API-KEY": typesenseSearchKey } },
  );
  return z.object({ found: z.int() }).parse(await response.json()).found;
}

/** Filling leaves work behind in the database that is not what is measured. */
export async function settle({ database }: Lab): Promise<void> {
  await database.pool.query("VACUUM (ANALYZE) events, event_performers");
  await sleep(5_000);
}
