import { timingSafeEqual } from "node:crypto";
import { type IncomingMessage, type Server, type ServerResponse, createServer } from "node:http";
import { CommandError, parseCommand, parseCommands, parsePath } from "./command.ts";
import { type Engine, EngineDown } from "./engine.ts";
import { type Encoding, writeError, writeOutcome } from "./reply.ts";

/** Upstash's own limit on a request differs by plan; this is the largest of them that fits a laptop. */
const bodyBytesMax = 10_000_000;
/** Longer than clients keep an idle connection, so that none is closed under a request. */
const keepAliveMs = 75_000;

export interface GatewayOptions {
  engine: Engine;
  /** What clients present as `Authorization: Bearer …`, on every route. */
  token: string;
}

/** The Upstash REST protocol in front of an engine, as an HTTP server that does not listen yet:
 * `POST /`, `/pipeline`, `/multi-exec`, and commands written as a path. */
export function createGateway({ engine, token }: GatewayOptions): Server {
  const authorized = bearerCheck(token);
  const server = createServer((req, res) => {
    if (!authorized(req.headers.authorization)) {
      req.resume();
      return send(res, 401, writeError("WRONGPASS invalid or missing auth token"));
    }
    respond(engine, req, res).catch((error: unknown) => fail(res, error));
  });
  server.keepAliveTimeout = keepAliveMs;
  return server;
}

async function respond(engine: Engine, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const body = await readBody(req);
  if (body === undefined) return send(res, 413, writeError("ERR max request size exceeded"));
  const [status, json] = await answer(engine, req, body);
  send(res, status, json);
}

type Answer = [status: number, json: string];

async function answer(engine: Engine, req: IncomingMessage, body: Buffer): Promise<Answer> {
  const encoding: Encoding = req.headers["upstash-encoding"] === "base64" ? "base64" : "text";
  const write = (reply: Parameters<typeof writeOutcome>[0]) => writeOutcome(reply, encoding);
  const url = req.url ?? "/";
  if (url === "/" || url === "/pipeline" || url === "/multi-exec") {
    if (req.method !== "POST" && req.method !== "PUT") {
      return [405, writeError("ERR use POST for this path")];
    }
    if (url === "/") return outcome(await engine.run(parseCommand(body)), write);
    const commands = parseCommands(body);
    const replies =
      url === "/pipeline" ? await engine.runAll(commands) : await engine.transact(commands);
    if (replies instanceof Error) return [400, writeError(replies.message)];
    return [200, `[${replies.map(write).join(",")}]`];
  }
  return outcome(await engine.run(parsePath(new URL(url, "http://gateway"), body)), write);
}

function outcome<T>(reply: T, write: (reply: T) => string): Answer {
  return [reply instanceof Error ? 400 : 200, write(reply)];
}

function fail(res: ServerResponse, error: unknown): void {
  if (res.destroyed) return;
  if (error instanceof CommandError) return send(res, 400, writeError(error.message));
  if (error instanceof EngineDown) return send(res, 503, writeError(error.message));
  console.error(error);
  send(res, 500, writeError("ERR internal error of the gateway"));
}

function send(res: ServerResponse, status: number, json: string): void {
  res.writeHead(status, {
    "Content-Type": "application/json",
    "Content-Length": Buffer.byteLength(json),
  });
  res.end(json);
}

/** The whole body, or nothing when it is too large (the rest is then read and dropped). Throws when the client left. */
function readBody(req: IncomingMessage): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    req.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size <= bodyBytesMax) chunks.push(chunk);
    });
    req.on("end", () => resolve(size > bodyBytesMax ? undefined : joined(chunks)));
    req.on("error", reject);
  });
}

function joined(chunks: Buffer[]): Buffer {
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
}

/** Compares in constant time, so that a token cannot be guessed byte by byte. */
function bearerCheck(token: string): (header: string | undefined) => boolean {
  const expected = Buffer.from(`Bearer ${token}`);
  return (header) => {
    const given = Buffer.from(header ?? "");
    return given.length === expected.length && timingSafeEqual(given, expected);
  };
}
