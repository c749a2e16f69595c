import http from "node:http";
import https from "node:https";
import type { Redis } from "@upstash/redis";

/** How Upstash's client reaches its server; its own way is one `fetch` a command. */
export type Requester = Extract<ConstructorParameters<typeof Redis>[0], { request: unknown }>;
type Request = Parameters<Requester["request"]>[0];
type Outcome = { result?: unknown; error?: string };

export interface TransportOptions {
  readonly url: string;
  readonly token: string;
  /** Longest that a command may take, waiting for its turn included, in milliseconds. */
  readonly timeoutMs: number;
  /** Least time between the beginnings of two requests, in milliseconds; see below. */
  readonly paceMs?: number;
}

/** Requests under way at once. What comes meanwhile goes together with the next: the busier, the cheaper each. */
const requestsMax = 2;
const commandsMax = 100;
/**
 * A command that comes alone goes at once; those that follow within so many milliseconds go together. Half of it is
 * what a busy time adds to each, and it spares most of the requests, here and at the other end (decision 0102).
 */
const paceMsDefault = 8;

interface Waiting {
  readonly command: unknown;
  readonly sinceMs: number;
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: Error) => void;
}

/** No answer in time; whether the command was carried out is not known. */
export class RedisTimeout extends Error {
  override readonly name = "TimeoutError";
}

/**
 * Carries commands to Upstash's REST protocol over kept connections, several in one request when they come faster
 * than requests return. Nothing is ever sent twice. A command fails alone; a request fails with all its commands.
 */
export function createRedisTransport({
  url,
  token,
  timeoutMs,
  paceMs = paceMsDefault,
}: TransportOptions): Requester {
  const base = new URL(url);
  const client = base.protocol === "https:" ? https : http;
  const agent = new client.Agent({ keepAlive: true, maxSockets: requestsMax + 2 });
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  let waiting: Waiting[] = [];
  let underWay = 0;
  let lastBegunMs = Number.NEGATIVE_INFINITY;
  let pacing: ReturnType<typeof setTimeout> | undefined;

  function post(path: string, body: unknown, leftMs: number): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const json = JSON.stringify(body);
      const length = { "content-length": Buffer.byteLength(json) };
      const options = { agent, method: "POST", headers: { ...headers, ...length } };
      const request = client.request(new URL(path, base), options, (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => (text += chunk));
        response.on("error", fail);
        response.on("end", () => {
          clearTimeout(timer);
          try {
            resolve(JSON.parse(text));
          } catch (cause) {
            reject(new RedisUnreadable(`status ${response.statusCode}`, { cause }));
          }
        });
      });
      const fail = (error: Error) => {
        clearTimeout(timer);
        reject(error);
      };
      const timer = setTimeout(
        () => request.destroy(new RedisTimeout("Redis did not answer in time")),
        Math.max(leftMs, 0),
      );
      request.on("error", fail);
      request.end(json);
    });
  }

  function pump(): void {
    while (underWay < requestsMax && waiting.length > 0) {
      const nowMs = performance.now();
      const earlyMs = lastBegunMs + paceMs - nowMs;
      if (earlyMs > 0 && waiting.length < commandsMax) {
        pacing ??= setTimeout(() => {
          pacing = undefined;
          pump();
        }, earlyMs);
        return;
      }
      lastBegunMs = nowMs;
      const batch = waiting.slice(0, commandsMax);
      waiting = waiting.slice(commandsMax);
      underWay += 1;
      void sendBatch(batch).finally(() => {
        underWay -= 1;
        pump();
      });
    }
  }

  async function sendBatch(batch: readonly Waiting[]): Promise<void> {
    const [first] = batch;
    const leftMs = timeoutMs - (performance.now() - (first?.sinceMs ?? 0));
    try {
      const commands = batch.map(({ command }) => command);
      const answer = await (commands.length === 1
        ? post("/", commands[0], leftMs)
        : post("/pipeline", commands, leftMs));
      const outcomes = (commands.length === 1 ? [answer] : answer) as Outcome[] | Outcome;
      batch.forEach(({ resolve }, at) => {
        resolve((Array.isArray(outcomes) ? outcomes[at] : outcomes) ?? {});
      });
    } catch (error) {
      for (const { reject } of batch) reject(error as Error);
    }
  }

  const request = ({ path, body }: Request): Promise<Outcome> => {
    if (path !== undefined && path.length > 0) {
      return post(`/${path.join("/")}`, body, timeoutMs) as Promise<Outcome>;
    }
    return new Promise((resolve, reject) => {
      waiting.push({ command: body, sinceMs: performance.now(), resolve, reject });
      // After this turn of the event loop, so that what is asked in it goes together.
      if (waiting.length === 1 || waiting.length === commandsMax) queueMicrotask(pump);
    });
  };
  return { request: request as Requester["request"] };
}

/** What answered is no Redis: a proxy's page, or half an answer. */
class RedisUnreadable extends Error {
  override readonly name = "UpstashJSONParseError";
}
