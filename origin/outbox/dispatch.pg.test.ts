import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { beforeEach, expect, test } from "vitest";
import { checkSignature, edgeHeaders, importSigningKeys } from "../../contracts/edge-signature.ts";
import { createTestDatabase } from "../../db/testing/database.ts";
import { batchMax, dispatch } from "./dispatch.ts";
import type { OutboxMessage } from "./deliver.ts";
import { tellEdge } from "./tell-edge.ts";

const { database } = await createTestDatabase();
const { db, pool } = database;
const keys = await importSigningKeys(JSON.stringify({ k1: "cd".repeat(32) }));

beforeEach(async () => {
  await pool.query("TRUNCATE outbox");
});

test("what is due is delivered in order, batch by batch, and is then gone", async () => {
  await put(batchMax + 20);
  const got: OutboxMessage[] = [];
  const seats = async (messages: readonly OutboxMessage[]) => void got.push(...messages);
  expect(await dispatch(db, { seats }, "seats")).toMatchObject({ delivered: batchMax });
  expect(await dispatch(db, { seats }, "seats")).toMatchObject({ delivered: 20 });
  expect(await dispatch(db, { seats }, "seats")).toMatchObject({ delivered: 0 });
  const numbers = got.map(({ id }) => Number(id));
  expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
  expect(await left()).toEqual([]);
});

test("a failure keeps the messages for later, and gives them up at last", async () => {
  await put(2);
  const seats = () => Promise.reject(new Error("away"));
  expect(await dispatch(db, { seats }, "seats")).toMatchObject({ delivered: 0, failed: 2 });
  expect(await dispatch(db, { seats }, "seats")).toMatchObject({ delivered: 0, failed: 0 });
  expect(await left()).toEqual([1, 1]);
  let failed = 1;
  for (let givenUp = 0; givenUp === 0; failed += 1) {
    await pool.query("UPDATE outbox SET next_at = now()");
    ({ givenUp } = await dispatch(db, { seats }, "seats"));
  }
  expect(failed).toBe(8);
  expect(await left()).toEqual([]);
});

test("a process that dies while it delivers loses nothing, and others do not wait for it", async () => {
  await put(1);
  const { promise: delivering, resolve: began } = Promise.withResolvers<void>();
  const { promise: dead, reject: die } = Promise.withResolvers<never>();
  const { rows } = await pool.query<{ id: string }>("SELECT id FROM outbox");
  const first = dispatch(db, { seats: () => (began(), dead) }, "seats");
  await delivering;
  const got: OutboxMessage[] = [];
  const seats = async (messages: readonly OutboxMessage[]) => void got.push(...messages);
  expect(await dispatch(db, { seats }, "seats")).toMatchObject({ delivered: 0 });
  await pool.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE datname = current_database() AND state = 'idle in transaction'`,
  );
  die(new Error("the process is gone"));
  await expect(first).rejects.toThrow();
  expect(await dispatch(db, { seats }, "seats")).toMatchObject({ delivered: 1 });
  expect(got.map(({ id }) => id)).toEqual(rows.map(({ id }) => id));
});

test("the edge gets changes that are signed", async ({ onTestFinished }) => {
  const seen: { path: string | undefined; body: string; ok: boolean }[] = [];
  const url = await listen(onTestFinished, async (req, res) => {
    const chunks: Buffer[] = [];
    for await (const chunk of req) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const header = (name: string) => String(req.headers[name] ?? "");
    const check = await checkSignature(
      keys,
      header(edgeHeaders.keyId),
      header(edgeHeaders.signature),
      {
        method: req.method ?? "",
        path: req.url ?? "",
        query: "",
        timestampSeconds: Number(header(edgeHeaders.timestamp)),
        body,
        user: "",
        roles: "",
        requestId: header(edgeHeaders.requestId),
        deadline: "",
      },
      Date.now() / 1000,
    );
    seen.push({ path: req.url, body: body.toString(), ok: check.ok });
    res.writeHead(204).end();
  });
  await put(1);
  const seats = tellEdge(url, keys, () => Date.now());
  expect(await dispatch(db, { seats }, "seats")).toMatchObject({ delivered: 1, failed: 0 });
  expect(seen).toEqual([
    {
      path: "/internal/changes",
      ok: true,
      body: expect.stringMatching(
        /^\{"source":"origin","changes":\[\{"eventId":"7","sequence":"\d+","available":\[\],"held":\["1"\],"booked":\[\]\}\]\}$/,
      ),
    },
  ]);
});

test("an edge that does not know the route yet is asked again later", async ({
  onTestFinished,
}) => {
  const url = await listen(onTestFinished, (_req, res) => res.writeHead(404).end());
  await put(1);
  const seats = tellEdge(url, keys, () => Date.now());
  expect(await dispatch(db, { seats }, "seats")).toMatchObject({ delivered: 0, failed: 1 });
  expect(await left()).toEqual([1]);
});

async function put(count: number): Promise<void> {
  await pool.query(
    `INSERT INTO outbox (topic, payload)
     SELECT 'seats', '{"eventId": "7", "ticketIds": ["1"], "status": "held"}' FROM generate_series(1, $1)`,
    [count],
  );
}

async function left(): Promise<number[]> {
  const { rows } = await pool.query<{ attempts: number }>("SELECT attempts FROM outbox");
  return rows.map(({ attempts }) => attempts);
}

async function listen(
  onTestFinished: (end: () => void) => void,
  listener: RequestListener,
): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
