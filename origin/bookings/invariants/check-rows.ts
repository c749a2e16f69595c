import { ticketLimit } from "./commands.ts";
import type { World } from "./world.ts";

/** A row that a query finds breaks the invariant that the query is named for. */
const queries: Readonly<Record<string, string>> = {
  "a ticket has two owners": `
    SELECT c.ticket_id, array_agg(b.id) AS bookings
    FROM booking_tickets c JOIN bookings b ON b.id = c.booking_id
    WHERE c.event_id = $1 AND (b.status = 'confirmed' OR b.status = 'held' AND b.expires_at > now())
    GROUP BY c.ticket_id HAVING count(*) > 1`,
  "a booking holds some of its tickets only": `
    SELECT b.id, b.status, count(*) AS all, count(*) FILTER (WHERE c.live) AS live
    FROM bookings b LEFT JOIN booking_tickets c ON c.booking_id = b.id
    WHERE b.event_id = $1 GROUP BY b.id
    HAVING count(c.ticket_id) = 0
        OR count(*) FILTER (WHERE c.live) <> CASE WHEN b.status IN ('held', 'confirmed') THEN count(*) ELSE 0 END`,
  "a booking costs something else than its tickets": `
    SELECT b.id, b.total, sum(c.price) FROM bookings b JOIN booking_tickets c ON c.booking_id = b.id
    WHERE b.event_id = $1 GROUP BY b.id HAVING b.total <> sum(c.price)`,
  "a confirmed booking does not have its ticket": `
    SELECT b.id, t.id AS ticket, t.status FROM bookings b
    JOIN booking_tickets c ON c.booking_id = b.id JOIN tickets t ON t.id = c.ticket_id
    WHERE b.event_id = $1 AND b.status = 'confirmed'
      AND (t.status, t.booking_id, t.user_id) IS DISTINCT FROM ('booked', b.id, b.user_id)`,
  "a booked ticket has no confirmed booking": `
    SELECT t.id, t.booking_id, b.status FROM tickets t LEFT JOIN bookings b ON b.id = t.booking_id
    WHERE t.event_id = $1 AND t.status = 'booked' AND b.status IS DISTINCT FROM 'confirmed'`,
  "a user has more than the limit": `
    SELECT b.user_id, count(*) FROM bookings b JOIN booking_tickets c ON c.booking_id = b.id
    WHERE b.event_id = $1 AND (b.status = 'confirmed' OR b.status = 'held' AND b.expires_at > now())
    GROUP BY b.user_id HAVING count(*) > ${ticketLimit}`,
  "the record of a booking ends otherwise than the booking": `
    SELECT b.id, b.status, a.actions FROM bookings b JOIN (
      SELECT entity_id, array_agg(action ORDER BY id) FILTER (WHERE action NOT LIKE 'payment.%' OR action = 'payment.declined') AS actions
      FROM audit_log
      WHERE entity = 'booking' AND entity_id IN (SELECT id::text FROM bookings WHERE event_id = $1)
      GROUP BY entity_id) a ON a.entity_id = b.id::text
    WHERE b.event_id = $1 AND (
      actions[1] <> 'hold.placed' OR cardinality(array_positions(actions, 'hold.placed')) <> 1
      OR b.status <> CASE actions[cardinality(actions)]
        WHEN 'hold.confirmed' THEN 'confirmed' WHEN 'hold.released' THEN 'released'
        WHEN 'hold.expired' THEN 'expired' WHEN 'booking.cancelled' THEN 'cancelled' ELSE 'held' END)`,
  "a booking has no record": `
    SELECT b.id FROM bookings b WHERE b.event_id = $1
      AND NOT EXISTS (SELECT FROM audit_log WHERE entity = 'booking' AND entity_id = b.id::text)`,
  "what the edge will be told last about a ticket is not so": `
    SELECT t.id, t.status, said.status AS said FROM tickets t
    JOIN LATERAL (
      SELECT payload ->> 'status' AS status FROM outbox
      WHERE topic = 'seats' AND payload ->> 'eventId' = t.event_id::text AND payload -> 'ticketIds' ? t.id::text
      ORDER BY id DESC LIMIT 1) said ON true
    LEFT JOIN booking_tickets c ON c.ticket_id = t.id AND c.live
    WHERE t.event_id = $1 AND t.status <> 'blocked'
      AND said.status <> CASE WHEN t.status = 'booked' THEN 'booked' WHEN c.live THEN 'held' ELSE 'available' END`,
};

/** All of them in one statement. */
const allQueries = [
  ...Object.entries(queries),
  [
    "a refusal changed something",
    `SELECT action, entity_id, request_id FROM audit_log
     WHERE entity = 'booking' AND request_id = ANY ($2::text[]) AND action NOT LIKE 'payment.%'
       AND entity_id IN (SELECT id::text FROM bookings WHERE event_id = $1)`,
  ] as const,
]
  .map(
    ([name, query]) =>
      `SELECT '${name}' AS name, json_agg(q) AS rows FROM (${query}) q HAVING count(*) > 0`,
  )
  .join(" UNION ALL ");

/** Reads the rows with statements of its own, and tells of each invariant that does not hold. */
export async function checkRows({ lab, eventId, refused, violations }: World): Promise<void> {
  const { rows } = await lab.database.pool.query<{ name: string; rows: unknown }>({
    name: "check-rows",
    text: allQueries,
    values: [eventId, refused],
  });
  for (const found of rows) violations.push(`${found.name}: ${JSON.stringify(found.rows)}`);
}
