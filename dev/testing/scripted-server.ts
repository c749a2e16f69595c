import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** What a part is to do with requests whose path begins with `path`. The longest such path counts. */
export interface Script {
  readonly path: string;
  /** Absent: it answers. `hang`: it takes the request and says nothing; `refuse`: it cuts the connection. */
  readonly fault?: "hang" | "refuse";
  readonly delayMs?: number;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly bodyBase64?: string;
}

/** A request as it arrived. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly bodyBase64: string;
}

export interface ScriptedServer {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

/**
 * A server that does what tests say and tells them what it was asked. `PUT /_script` takes a `Script`,
 * `GET /_received?path=` gives what came for paths that begin with it.
 */
export async function startScriptedServer(): Promise<ScriptedServer> {
  const scripts = new Map<string, Script>();
  const received: Received[] = [];
  const server = createServer((request, response) => {
    void handle(request, response, scripts, received).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, stop: () => stopServer(server) };
}

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  scripts: Map<string, Script>,
  received: Received[],
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  const { method = "GET", url = "/" } = request;
  if (url === "/_script") {
    const script = JSON.parse(body.toString()) as Script;
    scripts.set(script.path, script);
    response.end();
    return;
  }
  if (url.startsWith("/_received")) {
    const path = new URL(url, "http://any").searchParams.get("path") ?? "";
    response.end(JSON.stringify(received.filter((it) => it.path.startsWith(path))));
    return;
  }
  const headers = request.headers as Record<string, string>;
  received.push({ method, path: url, headers, bodyBase64: body.toString("base64") });
  const path = [...scripts.keys()]
    .filter((it) => url.startsWith(it))
    .sort((a, b) => b.length - a.length)[0];
  await play(path === undefined ? undefined : scripts.get(path), request, response);
}

async function play(
  script: Script | undefined,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (script?.fault === "hang") return;
  if (script?.fault === "refuse") {
    request.socket.destroy();
    return;
  }
  if (script?.delayMs) await sleep(script.delayMs);
  const tag = script?.headers?.["etag"];
  if (tag !== undefined && request.headers["if-none-match"] === tag) {
    response.writeHead(304, { etag: tag }).end();
    return;
  }
  response.writeHead(script?.status ?? 404, script?.headers);
  response.end(Buffer.from(script?.bodyBase64 ?? "", "base64"));
}

async function stopServer(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
