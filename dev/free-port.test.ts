import { createServer } from "node:net";
import { once } from "node:events";
import { expect, onTestFinished, test } from "vitest";
import { freePort, isPortFree, portToTry } from "./free-port.ts";

async function occupy(host: string): Promise<number> {
  const server = createServer().listen(0, host);
  onTestFinished(() => void server.close());
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

test.each(["127.0.0.1", "0.0.0.0"])("a port on which %s listens is taken", async (host) => {
  expect(await isPortFree(await occupy(host))).toBe(false);
});

test("a server keeps its port while it is free, and moves when it is not", async () => {
  const port = await freePort();
  expect(await portToTry(port, 1)).toBe(port);
  const taken = await occupy("127.0.0.1");
  expect(await portToTry(taken, 1)).not.toBe(taken);
});

test("a second attempt never tries the port again that just failed", async () => {
  const port = await freePort();
  expect(await portToTry(port, 2)).not.toBe(port);
});
