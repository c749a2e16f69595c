import { randomUUID } from "node:crypto";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import { Hono } from "hono";
import { Redis } from "ioredis";
import pg from "pg";
import { bareTables, lockAll } from "./bare-shop-steps.ts";

/**
 * The physical limit: what is left of a booking when nothing is but the two steps that decide it, an atomic script in
 * Redis and one call of a database function, for a hold; the second for a confirm. On tables of its own with one
 * constraint. No tokens, signatures, idempotency, payment, limits, sale windows, history, or messages for others.
 */
const { DATABASE_URL, REDIS_URL, POOL_SIZE } = process.env;
const pool = new pg.Pool({ connectionString: DATABASE_URL, max: Number(POOL_SIZE) });
const redis = new Redis(REDIS_URL ?? "", { enableAutoPipelining: true });
const holdMs = 600_000;

await pool.query(bareTables);
const sha = String(await redis.script("LOAD", lockAll));

async function isDone(name: string, text: string, values: unknown[]): Promise<boolean> {
  const { rows } = await pool.query<{ done: boolean }>({ name, text, values });
  return rows[0]?.done === true;
}

const app = new Hono()
  .post("/bookings/:eventId", async (ctx) => {
    const { ticketIds } = await ctx.req.json<{ ticketIds: string[] }>();
    const [id, key] = [randomUUID(), `{bare:${ctx.req.param("eventId")}}`];
    if (!(await redis.evalsha(sha, 1, key, id, holdMs, ...ticketIds))) return ctx.json({}, 409);
    const values = [id, ctx.req.header("x-edge-user"), ticketIds];
    const isHeld = await isDone(
      "hold",
      "SELECT bare.hold($1::uuid, $2, $3::bigint[]) AS done",
      values,
    );
    return isHeld ? ctx.json({ id, status: "held", ticketIds }, 201) : ctx.json({}, 409);
  })
  .post("/bookings/:id/confirm", async (ctx) => {
    const id = ctx.req.param("id");
    const values = [id, ctx.req.header("x-edge-user")];
    const isConfirmed = await isDone(
      "confirm",
      "SELECT bare.confirm($1::uuid, $2) AS done",
      values,
    );
    return isConfirmed ? ctx.json({ id, status: "confirmed" }) : ctx.json({}, 409);
  });

const server = createAdaptorServer({ fetch: app.fetch }) as Server;
server.listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port));
