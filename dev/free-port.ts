import { createServer } from "node:net";

/** A TCP port of 127.0.0.1 that is free now. Another process may take it before it is used: callers that start a
 * server on it try again with a new one when that happens. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no TCP address");
  return address.port;
}

/** Whether nothing listens on this port of the loopback addresses. */
export async function isPortFree(port: number): Promise<boolean> {
  for (const host of ["127.0.0.1", "::1"]) {
    const server = createServer();
    const code = await new Promise<string>((resolve) => {
      server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? "unknown"));
      server.listen(port, host, () => resolve("free"));
    });
    await new Promise((resolve) => server.close(resolve));
    if (code === "EADDRINUSE" || code === "EACCES") return false;
  }
  return true;
}

/** The port that a server shall try on its `attempt`th start: the one it had before, while that is free, so that
 * addresses stay the same; else any free one. */
export async function portToTry(preferred: number | undefined, attempt: number): Promise<number> {
  const keep = preferred !== undefined && attempt === 1 && (await isPortFree(preferred));
  return keep ? preferred : await freePort();
}
