import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startScript } from "../bench/bare-worker.ts";
import { openClient } from "../bench/load.ts";
import type { Edge } from "../dev/edge.ts";

/**
 * Requests join calls that others began, as reads do that look for the same copy in the shared cache: many at once, so
 * that the runtime soon compiles the waiting for speed, and one alone, after which it matters whose request goes on.
 */
const worker = `
import { SingleFlight } from ${JSON.stringify(join(import.meta.dirname, "../edge/cache/single-flight.ts"))};
const flights = new SingleFlight();
const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const work = async () => {
  await pause(2);
  return new Uint8Array([79, 75]);
};
export default {
  async fetch() {
    const run = (key) => flights.run(key, Date.now(), work);
    await Promise.all(Array.from({ length: 20 }, (_, nth) => run("many " + nth)));
    return new Response(await run("alone"));
  },
};
`;

const requests = 20_000;
const clients = 64;

let edge: Edge;
beforeAll(async () => {
  edge = await startScript(worker);
});
afterAll(() => edge?.stop());

test("whoever joins another request's work is answered, however often: 20,000 requests", async () => {
  const client = openClient(edge.directUrl ?? edge.url, clients);
  const statuses: Record<number, number> = {};
  let sent = 0;
  const lane = async () => {
    while (sent++ < requests) {
      const { status } = await client.send({ path: "/" });
      statuses[status] = (statuses[status] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: clients }, lane));
  client.close();
  expect(statuses).toEqual({ 200: requests });
});
