import type pg from "pg";
import type { Statement } from "./operations.ts";

/** Rows are chosen by rank among those there are, so that every number hits something. */
const pick = (table: string, n: string) =>
  `(SELECT id FROM ${table} ORDER BY id OFFSET ${n} % greatest(1, (SELECT count(*) FROM ${table})) LIMIT 1)`;
const event = pick("events", "$1::int");
const ofEvent = `event_id = ${event}`;
const someTickets = `SELECT id FROM tickets WHERE ${ofEvent} ORDER BY id LIMIT $2`;

/** Runs one statement of the model. */
export async function runStatement(client: pg.ClientBase, it: Statement): Promise<void> {
  const run = (sql: string, ...values: unknown[]) => client.query(sql, values);
  switch (it.kind) {
    case "insert-event":
      await run(
        `WITH made AS (
           INSERT INTO events (venue_id, performer_id, name, category, status, starts_at, ends_at, on_sale_at)
           VALUES (${pick("venues", "$1::int")}, ${pick("performers", "$1::int")}, $2, 'Music', 'published',
                   now() + interval '90 days', now() + interval '91 days', now()) RETURNING id, performer_id
         ), billed AS (
           INSERT INTO event_performers (event_id, performer_id, position) SELECT id, performer_id, 0 FROM made
         )
         INSERT INTO tickets (event_id, section, "row", seat, row_index, seat_index, price, currency)
         SELECT id, 'A', '1', s::text, 1, s, 4200, 'GBP' FROM made, generate_series(1, $3::int) s`,
        it.n,
        it.text,
        it.tickets,
      );
      return;
    case "rename-event":
      await run(
        `UPDATE events SET name = $2, version = version + 1 WHERE id = ${event}`,
        it.n,
        it.text,
      );
      return;
    case "set-status":
      await run(`UPDATE events SET status = $2 WHERE id = ${event}`, it.n, it.status);
      return;
    case "reschedule":
      await run(
        `UPDATE events SET starts_at = now() + $2 * interval '1 hour', ends_at = now() + ($2 + 2) * interval '1 hour'
         WHERE id = ${event}`,
        it.n,
        it.hours,
      );
      return;
    case "move-venue":
      await run(
        `UPDATE events SET venue_id = ${pick("venues", "$2::int")} WHERE id = ${event}`,
        it.n,
        it.m,
      );
      return;
    case "delete-event":
      await run(`DELETE FROM events WHERE id = ${event}`, it.n);
      return;
    case "rename-venue":
      await run(
        `UPDATE venues SET name = $2, alternate_names = ARRAY[$2, 'x'] WHERE id = ${pick("venues", "$1::int")}`,
        it.n,
        it.text,
      );
      return;
    case "touch-venue":
      await run(
        `UPDATE venues SET updated_at = now() WHERE id = ${pick("venues", "$1::int")}`,
        it.n,
      );
      return;
    case "rename-performer":
      await run(
        `UPDATE performers SET name = $2 WHERE id = ${pick("performers", "$1::int")}`,
        it.n,
        it.text,
      );
      return;
    case "add-performer":
      await run(
        `INSERT INTO event_performers (event_id, performer_id, position)
         SELECT e, ${pick("performers", "$2::int")}, 5 FROM ${event} AS e(e) ON CONFLICT DO NOTHING`,
        it.n,
        it.m,
      );
      return;
    case "remove-performer":
      await run(`DELETE FROM event_performers WHERE ${ofEvent} AND position > 0`, it.n);
      return;
    case "insert-tickets":
      await run(
        `INSERT INTO tickets (event_id, section, "row", seat, row_index, seat_index, price, currency)
         SELECT e, 'B', gen_random_uuid()::text, s::text, 1, s, $3, 'GBP'
         FROM ${event} AS e(e), generate_series(1, $2::int) s`,
        it.n,
        it.tickets,
        it.price,
      );
      return;
    case "block-tickets":
      await run(
        `UPDATE tickets SET status = 'blocked' WHERE id IN (${someTickets})`,
        it.n,
        it.count,
      );
      return;
    case "free-tickets":
      await run(`UPDATE tickets SET status = 'available' WHERE ${ofEvent}`, it.n);
      return;
    case "reprice":
      await run(
        `UPDATE tickets SET price = $2, currency = $3 WHERE ${ofEvent} AND seat_index % 2 = 0`,
        it.n,
        it.price,
        it.currency,
      );
      return;
    case "move-ticket":
      await run(
        `UPDATE tickets SET event_id = ${pick("events", "$2::int")}, section = gen_random_uuid()::text
         WHERE id = ${pick("tickets", "$1::int")}`,
        it.n,
        it.m,
      );
      return;
    case "delete-tickets":
      await run(`DELETE FROM tickets WHERE id IN (${someTickets})`, it.n, it.count);
      return;
    case "truncate-tickets":
      await run("TRUNCATE tickets CASCADE");
      return;
    case "truncate-events":
      await run("TRUNCATE events CASCADE");
      return;
    default:
      it satisfies never;
  }
}
