import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
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

test("what one process has been given is not given to another, until it ends", async () => {
  const module = JSON.stringify(new URL("free-port.ts", import.meta.url).href);
  const ask = `const { freePort } = await import(${module}); console.log(await freePort()); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", ask], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  const port = Number(line.toString());
  expect(await isPortFree(port)).toBe(true);
  expect(await portToTry(port, 1)).not.toBe(port);
  child.kill("SIGKILL");
  await once(child, "exit");
  expect(await portToTry(port, 1)).toBe(port);
});
