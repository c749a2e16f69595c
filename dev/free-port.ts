import { createSocket, type Socket } from "node:dgram";
import { createServer } from "node:net";

/** Below what systems hand out by themselves, to clients and to whoever asks for any port: none of those takes a port
 * away while a server is being started on it, or started again. */
const lowest = 20_000;
const highest = 32_767;
const triesMax = 1000;

/** The ports that are this process's to give to its servers, until it ends. */
const claims = new Map<number, Socket>();

/** A TCP port of 127.0.0.1 that is free now, and that no other process that asks here gets while this one runs.
 * Throws when there is none. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < triesMax; tries += 1) {
    const port = lowest + Math.floor(Math.random() * (highest - lowest + 1));
    if (!claims.has(port) && (await isPortFree(port)) && (await claim(port))) return port;
  }
  throw new Error(`no port from ${lowest} to ${highest} is free`);
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
  const keep =
    preferred !== undefined &&
    attempt === 1 &&
    (await isPortFree(preferred)) &&
    (await claim(preferred));
  return keep ? preferred : await freePort();
}

/** Tells other processes that this port is spoken for, before anything listens on it: by taking the same number for
 * UDP, which nothing here uses and which the system gives back whatever way this process ends. */
async function claim(port: number): Promise<boolean> {
  if (claims.has(port)) return true;
  const socket = createSocket("udp4").unref();
  const isOurs = await new Promise<boolean>((resolve) => {
    socket.once("error", () => resolve(false));
    socket.bind({ port, address: "127.0.0.1", exclusive: true }, () => resolve(true));
  });
  if (isOurs) claims.set(port, socket);
  else socket.close();
  return isOurs;
}
