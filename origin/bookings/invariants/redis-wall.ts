import {
  createServer,
  request as send,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import type { OnStep, Wall } from "./wire-step.ts";

interface Answer {
  readonly status: number;
  readonly body: Buffer;
}

/** Stands in front of a Redis that speaks Upstash's protocol; each request is a step. */
export async function openRedisWall(upstashUrl: string, onStep: OnStep): Promise<Wall> {
  const underWay = new Set<Promise<unknown>>();
  const server = createServer((req, res) => {
    void handle(req, res).catch(() => res.destroy());
  });
  async function handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const body = await readAll(req);
    let answer: Answer | undefined;
    await onStep({
      backend: undefined,
      async send() {
        const asking = forward(upstashUrl, req, body).then((got) => (answer = got));
        underWay.add(asking);
        await asking.catch(() => undefined).finally(() => underWay.delete(asking));
      },
      pass() {
        if (!answer) return void res.destroy();
        res.writeHead(answer.status, { "Content-Type": "application/json" }).end(answer.body);
      },
      cut: () => void res.destroy(),
    });
  }
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    async settled() {
      while (underWay.size > 0) await Promise.allSettled(underWay);
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function forward(upstashUrl: string, req: IncomingMessage, body: Buffer): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = { ...req.headers, "content-length": String(body.length) };
    const target = new URL(req.url ?? "/", upstashUrl);
    const asked = send(target, { method: req.method, headers }, (res) => {
      readAll(res).then((got) => resolve({ status: res.statusCode ?? 502, body: got }), reject);
    });
    asked.on("error", reject);
    asked.end(body);
  });
}

async function readAll(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
