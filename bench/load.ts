import http from "node:http";
import { performance } from "node:perf_hooks";
import { type Percentiles, percentiles } from "./percentiles.ts";

export interface LoadRequest {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface LoadAnswer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface LoadFigures extends Percentiles {
  readonly requests: number;
  /** Answers by status; 0 stands for no answer at all. */
  readonly statuses: Readonly<Record<number, number>>;
  readonly perSecond: number;
}

/** A keep-alive client of one server; Node's own agent, so that the load costs little beside what it measures. */
export function openClient(baseUrl: string, connections: number) {
  const { hostname, port } = new URL(baseUrl);
  const agent = new http.Agent({ keepAlive: true, maxSockets: connections });
  const send = ({ method = "GET", path, headers, body }: LoadRequest): Promise<LoadAnswer> =>
    new Promise((resolve, reject) => {
      const length =
        body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
      const options = { agent, hostname, port, method, path, headers: { ...headers, ...length } };
      const request = http.request(options, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () => {
          const { statusCode = 0, headers: answered } = response;
          resolve({ status: statusCode, headers: answered, body: Buffer.concat(chunks) });
        });
      });
      request.on("error", reject);
      request.end(body);
    });
  return { send, close: () => agent.destroy() };
}

/** Each of `clients` sends its next request when the last one is answered: finds the throughput. */
export async function closedLoop(options: {
  readonly clients: number;
  readonly durationMs: number;
  /** Does one request and gives its status. */
  readonly request: (turn: number) => Promise<number>;
}): Promise<LoadFigures> {
  const record = recorder();
  const started = performance.now();
  const until = started + options.durationMs;
  let turn = 0;
  const client = async () => {
    while (performance.now() < until) await record.time(performance.now(), options.request(turn++));
  };
  await Promise.all(Array.from({ length: options.clients }, client));
  return record.figures(performance.now() - started);
}

/**
 * Requests fall due at fixed times whatever the server does, and latency counts from then: a stall counts against
 * every request behind it (no coordinated omission).
 */
export async function openLoop(options: {
  readonly perSecond: number;
  readonly durationMs: number;
  readonly request: (turn: number) => Promise<number>;
}): Promise<LoadFigures & { readonly latencies: readonly number[] }> {
  const record = recorder();
  const total = Math.round((options.perSecond * options.durationMs) / 1000);
  const gapMs = 1000 / options.perSecond;
  const started = performance.now();
  const pending: Promise<void>[] = [];
  for (let turn = 0; turn < total; turn++) {
    const due = started + turn * gapMs;
    const wait = due - performance.now();
    if (wait > 1) await new Promise((resolve) => setTimeout(resolve, wait));
    pending.push(record.time(due, options.request(turn)));
  }
  await Promise.all(pending);
  return { ...record.figures(performance.now() - started), latencies: record.latencies };
}

function recorder() {
  const latencies: number[] = [];
  const statuses: Record<number, number> = {};
  return {
    latencies,
    async time(since: number, answer: Promise<number>): Promise<void> {
      const status = await answer.catch(() => 0);
      latencies.push(performance.now() - since);
      statuses[status] = (statuses[status] ?? 0) + 1;
    },
    figures(elapsedMs: number): LoadFigures {
      const perSecond = Math.round((latencies.length / elapsedMs) * 1000);
      return { requests: latencies.length, statuses, perSecond, ...percentiles(latencies) };
    },
  };
}
