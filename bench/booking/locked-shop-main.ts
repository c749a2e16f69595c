import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import pg from "pg";

/**
 * The baselines: the same tables and the same rows written for a hold and a confirm, as most shops do it, statement
 * by statement in a transaction that begins with a lock. `MODE` says which: `one-lock` takes one advisory lock for
 * the event, `row-locks` selects the tickets `FOR UPDATE`. Neither checks tokens, signatures or idempotency keys, nor
 * asks Redis: both have less to do than what they are compared with.
 */
const { DATABASE_URL, MODE, POOL_SIZE } = process.env;
const pool = new pg.Pool({ connectionString: DATABASE_URL, max: Number(POOL_SIZE) });

async function inTransaction<T>(
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T | undefined> {
  const client = await pool.connect();
  try {
    await client.query("BEGIN");
    const result = await work(client);
    await client.query("COMMIT");
    return result;
  } catch {
    await client.query("ROLLBACK").catch(() => undefined);
    return undefined;
  } finally {
    client.release();
  }
}

async function lock(client: pg.PoolClient, eventId: string, ticketIds: readonly string[]) {
  if (MODE === "one-lock") {
    await client.query("SELECT pg_advisory_xact_lock($1::bigint)", [eventId]);
  } else {
    await client.query(
      "SELECT id FROM tickets WHERE id = ANY ($1::bigint[]) ORDER BY id FOR UPDATE",
      [ticketIds],
    );
  }
}

const hold = (eventId: string, userId: string, ticketIds: readonly string[]) =>
  inTransaction(async (client) => {
    await lock(client, eventId, ticketIds);
    await client.query(
      "SELECT status, on_sale_at, ends_at, ticket_limit FROM events WHERE id = $1",
      [eventId],
    );
    const tickets = await client.query<{ price: string; status: string }>(
      "SELECT id, price, status FROM tickets WHERE id = ANY ($1::bigint[]) AND event_id = $2",
      [ticketIds, eventId],
    );
    const claims = await client.query(
      "SELECT ticket_id FROM booking_tickets WHERE ticket_id = ANY ($1::bigint[]) AND live",
      [ticketIds],
    );
    await client.query(
      `SELECT count(*) FROM bookings b JOIN booking_tickets c ON c.booking_id = b.id AND c.live
       WHERE b.event_id = $1 AND b.user_id = $2 AND b.status IN ('held', 'confirmed')`,
      [eventId, userId],
    );
    const isFree = tickets.rows.every(({ status }) => status === "available");
    if (!isFree || tickets.rows.length !== ticketIds.length || claims.rows.length > 0)
      return undefined;
    const id = randomUUID();
    await client.query(
      `INSERT INTO bookings (id, event_id, user_id, status, total, currency, expires_at, extendable_until)
       VALUES ($1, $2, $3, 'held', $4, 'GBP', now() + interval '10 minutes', now() + interval '40 minutes')`,
      [id, eventId, userId, tickets.rows.reduce((sum, { price }) => sum + Number(price), 0)],
    );
    await client.query(
      `INSERT INTO booking_tickets (booking_id, ticket_id, event_id, price)
       SELECT $1, id, event_id, price FROM tickets WHERE id = ANY ($2::bigint[])`,
      [id, ticketIds],
    );
    await record(client, "hold.placed", id, eventId, userId, ticketIds, "held");
    return { id, eventId, userId, status: "held", tickets: tickets.rows };
  });

const confirm = (id: string, userId: string) =>
  inTransaction(async (client) => {
    const claimed = await client.query<{ ticket_id: string; event_id: string }>(
      "SELECT ticket_id, event_id FROM booking_tickets WHERE booking_id = $1",
      [id],
    );
    const ticketIds = claimed.rows.map((row) => row.ticket_id);
    const eventId = claimed.rows[0]?.event_id ?? "0";
    await lock(client, eventId, ticketIds);
    await client.query("SELECT * FROM bookings WHERE id = $1 AND user_id = $2 FOR UPDATE", [
      id,
      userId,
    ]);
    await client.query(
      "UPDATE bookings SET status = 'confirmed', confirmed_at = now() WHERE id = $1 AND status = 'held'",
      [id],
    );
    const booked = await client.query(
      `UPDATE tickets SET status = 'booked', user_id = $1, booking_id = $2
       WHERE id = ANY ($3::bigint[]) AND status = 'available' RETURNING id`,
      [userId, id, ticketIds],
    );
    if (booked.rows.length !== ticketIds.length) throw new Error("a ticket is not available");
    await record(client, "hold.confirmed", id, eventId, userId, ticketIds, "booked");
    return { id, eventId, userId, status: "confirmed", tickets: ticketIds };
  });

async function record(
  client: pg.PoolClient,
  action: string,
  id: string,
  eventId: string,
  userId: string,
  ticketIds: readonly string[],
  status: string,
): Promise<void> {
  await client.query(
    "INSERT INTO audit_log (actor, action, entity, entity_id, detail) VALUES ($1, $2, 'booking', $3, $4)",
    [userId, action, id, JSON.stringify({ eventId, ticketIds })],
  );
  await client.query("INSERT INTO outbox (topic, payload) VALUES ('seats', $1)", [
    JSON.stringify({ eventId, ticketIds, status }),
  ]);
}

async function answer(path: string, userId: string, body: string) {
  const [, , id = "", verb] = path.split("/");
  if (verb === "confirm") return { status: 200, booking: await confirm(id, userId) };
  const { ticketIds } = JSON.parse(body) as { ticketIds: string[] };
  return { status: 201, booking: await hold(id, userId, ticketIds) };
}

async function respond(req: IncomingMessage, res: ServerResponse, body: string): Promise<void> {
  const { status, booking } = await answer(req.url ?? "", String(req.headers["x-edge-user"]), body);
  const json = JSON.stringify(booking ?? {});
  const headers = {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(json),
  };
  res.writeHead(booking ? status : 409, headers).end(json);
}

const server = createServer((req, res) => {
  let body = "";
  req.setEncoding("utf8").on("data", (chunk: string) => (body += chunk));
  req.on("end", () => void respond(req, res, body));
});
server.listen(0, "127.0.0.1", () => process.send?.((server.address() as { port: number }).port));
