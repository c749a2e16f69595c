import type pg from "pg";
import { type EventRow, project, type Projection } from "./project.ts";
import { isVisible, parseSnapshot } from "./snapshot.ts";

export interface ReadRequest {
  readonly ids: readonly string[];
  /** Every transaction that made one of them dirty. */
  readonly xids: readonly number[];
  /** The `rev` of each document. */
  readonly revOf: (id: string) => number;
}

export type ReadResult =
  | {
      status: "read";
      /** Of the events that exist, in order of their ids. */
      projections: Map<string, Projection>;
      versions: Map<string, number>;
      /** The database's clock, Unix seconds. */
      nowSeconds: number;
    }
  /** A transaction is streamed already but not visible yet: ask again. */
  | { status: "not-visible"; hidden: number };

/**
 * How documents are to be read: through indexes. Where a few events have nearly all tickets, the planner expects as many
 * of each event and would read the whole table for every one of them (decision 0143). What it expects is far too much to be
 * worth compiling a plan, either.
 */
export const readSettings = "SET LOCAL enable_seqscan = off; SET LOCAL jit = off";

const begin = `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; ${readSettings};
  SELECT pg_current_snapshot()::text AS snapshot, floor(extract(epoch FROM now()))::float8 AS now`;

/**
 * Reads events in one snapshot and builds their documents, if that snapshot sees all that made them dirty.
 * @param pool must lead to the primary: a replica may be behind the stream
 */
export async function readDocuments(pool: pg.Pool, request: ReadRequest): Promise<ReadResult> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    // Statements in one round trip: `pg` then answers with a list of results, which its types do not know.
    const answers = (await client.query(begin)) as unknown as pg.QueryResult[];
    const head = answers.at(-1)?.rows[0] as { snapshot: string; now: number };
    const snapshot = parseSnapshot(head.snapshot);
    const hidden = request.xids.filter((xid) => !isVisible(xid, snapshot)).length;
    if (hidden > 0) {
      await client.query("ROLLBACK");
      return { status: "not-visible", hidden };
    }
    // Not prepared by name: a plan that was made while the tables were small would go on scanning them.
    const { rows } = await client.query<EventRow>(documentsSql, [request.ids]);
    await client.query("COMMIT");
    return {
      status: "read",
      nowSeconds: head.now,
      versions: new Map(rows.map((row) => [row.id, row.version])),
      projections: new Map(
        rows.map((row) => [row.id, project(row, head.now, request.revOf(row.id))]),
      ),
    };
  } catch (error) {
    broken = error instanceof Error ? error : new Error(String(error));
    throw error;
  } finally {
    client.release(broken);
  }
}

/**
 * Tickets are counted event by event, through their index: for a list of events the planner expects the average of
 * each and would rather read the whole table, even for events that have none (decisions 0140 and 0143). Prices fit a double:
 * `contracts/money.ts` bounds them far below 2^53.
 */
export const documentsSql = `
  WITH wanted AS MATERIALIZED (SELECT * FROM events WHERE id = ANY($1::bigint[])),
  seats AS MATERIALIZED (
    SELECT w.id AS event_id, counts.*
    FROM wanted w CROSS JOIN LATERAL (
      SELECT currency, count(*)::int AS tickets,
             (count(*) FILTER (WHERE status = 'available'))::int AS available,
             (count(*) FILTER (WHERE status <> 'blocked'))::int AS sellable,
             (min(price) FILTER (WHERE status <> 'blocked'))::float8 AS min_price,
             (max(price) FILTER (WHERE status <> 'blocked'))::float8 AS max_price
      FROM tickets WHERE event_id = w.id GROUP BY currency
    ) counts
  ),
  seat_lists AS (
    SELECT event_id, json_agg(json_build_object(
             'currency', currency, 'tickets', tickets, 'available', available, 'sellable', sellable,
             'min_price', min_price, 'max_price', max_price)) AS list
    FROM seats GROUP BY event_id
  ),
  performer_lists AS (
    SELECT w.id AS event_id,
           json_agg(json_build_array(p.id::text, p.name, p.alternate_names)
                    ORDER BY p.id <> w.performer_id, ep.position, p.id) AS list
    FROM wanted w
    JOIN LATERAL (
      SELECT performer_id, position FROM event_performers WHERE event_id = w.id
      UNION ALL SELECT w.performer_id, -1::smallint
    ) ep ON true
    JOIN performers p ON p.id = ep.performer_id
    GROUP BY w.id
  )
  SELECT w.id::text, w.name, w.description, w.category, w.status,
         floor(extract(epoch FROM w.starts_at))::float8 AS starts_at,
         floor(extract(epoch FROM w.ends_at))::float8 AS ends_at,
         floor(extract(epoch FROM w.on_sale_at))::float8 AS on_sale_at,
         w.queue_enabled, w.popularity, w.version,
         v.id::text AS venue_id, v.name AS venue_name, v.alternate_names AS venue_alternate_names,
         v.city, v.country, v.time_zone,
         pl.list AS performers, coalesce(sl.list, '[]'::json) AS seats
  FROM wanted w
  JOIN venues v ON v.id = w.venue_id
  JOIN performer_lists pl ON pl.event_id = w.id
  LEFT JOIN seat_lists sl ON sl.event_id = w.id
  ORDER BY w.id`;
