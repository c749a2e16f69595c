import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished, expect, test, vi } from "vitest";
import { ChangeBatch, changesPath } from "../contracts/changes.ts";
import { checkSignature, edgeHeaders, importSigningKeys } from "../contracts/edge-signature.ts";
import { systemClock } from "./clock.ts";
import { Invalidator } from "./invalidate.ts";
import { createMetrics } from "./metrics.ts";

const keys = await importSigningKeys(JSON.stringify({ k1: "ab".repeat(32) }));

/** A server in the edge's place that answers what it is told and keeps what it gets. */
async function startEdge(statuses: number[] = []) {
  const batches: ChangeBatch[] = [];
  const signed: boolean[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const header = (name: string) => String(request.headers[name] ?? "");
    const check = await checkSignature(
      keys,
      header(edgeHeaders.keyId),
      header(edgeHeaders.signature),
      {
        method: "POST",
        path: request.url ?? "",
        query: "",
        timestampSeconds: Number(header(edgeHeaders.timestamp)),
        body,
        user: "",
        roles: "",
        requestId: header(edgeHeaders.requestId),
        deadline: "",
      },
      Date.now() / 1_000,
    );
    signed.push(check.ok && request.url === changesPath);
    const status = statuses.shift() ?? 204;
    if (status === 204) batches.push(ChangeBatch.parse(JSON.parse(body.toString())));
    response.writeHead(status).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const stopping = new AbortController();
  const invalidator = new Invalidator({
    edgeUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    keys,
    epoch: 3,
    clock: { ...systemClock, sleep: async () => {} },
    metrics: createMetrics(),
  });
  const running = invalidator.run(stopping.signal);
  onTestFinished(async () => {
    stopping.abort();
    await running;
    server.closeAllConnections();
    server.close();
  });
  return { batches, signed, invalidator };
}

test("changes reach the edge signed, in order and numbered without a gap", async () => {
  const { batches, signed, invalidator } = await startEdge();
  invalidator.add([{ kind: "event", eventId: "1", version: 2 }]);
  await vi.waitUntil(() => batches.length === 1);
  invalidator.add([
    { kind: "seats", eventId: "1" },
    { kind: "event", eventId: "2", version: null },
  ]);
  invalidator.addRefs(["venue:7", "performer:8", "all:"]);
  await vi.waitUntil(() => batches.at(-1)?.to === 6);
  expect(signed).toEqual(batches.map(() => true));
  expect(batches.flatMap((batch) => batch.changes)).toEqual([
    { kind: "event", eventId: "1", version: 2 },
    { kind: "seats", eventId: "1" },
    { kind: "event", eventId: "2", version: null },
    { kind: "venue", venueId: "7" },
    { kind: "performer", performerId: "8" },
    { kind: "all" },
  ]);
  let next = 1;
  for (const batch of batches) {
    expect(batch).toMatchObject({ source: "indexer", epoch: 3, from: next });
    next = batch.to + 1;
  }
});

test("what is refused, limited or lost is sent again, the same", async () => {
  const { batches, invalidator } = await startEdge([429, 500, 401]);
  invalidator.add([{ kind: "seats", eventId: "1" }]);
  await vi.waitUntil(() => batches.length === 1);
  expect(batches[0]).toMatchObject({ from: 1, to: 1 });
});

test("a hot event waits once, and too many changes become one that says so", async () => {
  const { batches, invalidator } = await startEdge();
  invalidator.add(Array.from({ length: 1_000 }, () => ({ kind: "seats", eventId: "1" }) as const));
  await vi.waitUntil(() => batches.length === 1);
  expect(batches[0]?.changes).toEqual([{ kind: "seats", eventId: "1" }]);
  invalidator.add(
    Array.from({ length: 10_001 }, (_, n) => ({ kind: "seats", eventId: String(n + 1) }) as const),
  );
  await vi.waitUntil(() => batches.length === 2);
  expect(batches[1]?.changes).toEqual([{ kind: "all" }]);
});
