import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { StripeBooks, type Reply } from "./stripe-books.ts";
import { servePayPage } from "./stripe-pages.ts";
import { sendMessage, type MessageTarget } from "./stripe-messages.ts";

/** What goes wrong with the next call to a path that contains `at`. */
export interface StripeFault {
  readonly at: string;
  /** `cut`: nothing happens, the connection ends. `reply-lost`: it happens, the answer is lost. `broken`: a 500 of Stripe's. */
  readonly kind: "cut" | "reply-lost" | "broken";
}

/** A server that speaks the few endpoints of Stripe's that are used, with its rules about states and idempotency keys. */
export interface StripeServer {
  readonly url: string;
  readonly books: StripeBooks;
  /** Every call so far, as `POST /v1/…`. */
  readonly calls: string[];
  fail(fault: StripeFault): void;
  /** From now on somebody who pays at a page is followed by a message to there, as Stripe's webhooks are. */
  tell(target: MessageTarget | undefined): void;
  stop(): Promise<void>;
}

export async function startStripeServer({ port = 0 } = {}): Promise<StripeServer> {
  const books = new StripeBooks();
  const calls: string[] = [];
  const faults: StripeFault[] = [];
  let target: MessageTarget | undefined;
  const kept = new Map<string, { readonly asked: string; readonly reply: Reply }>();

  async function handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const { method = "GET", url = "/" } = req;
    const chunks: Buffer[] = [];
    for await (const chunk of req) chunks.push(chunk as Buffer);
    const asked = Buffer.concat(chunks).toString();
    if (url.startsWith("/c/pay/")) {
      return servePayPage(books, { method, url }, res, (page) => sendMessage(target, page));
    }
    calls.push(`${method} ${url}`);
    const at = faults.findIndex((fault) => `${method} ${url}`.includes(fault.at));
    const [fault] = at < 0 ? [] : faults.splice(at, 1);
    if (fault?.kind === "cut") return void req.socket.destroy();
    const key = req.headers["idempotency-key"]?.toString();
    const before = key === undefined ? undefined : kept.get(key);
    let reply: Reply;
    if (before) reply = before.asked === asked ? before.reply : keyReused;
    else if (fault?.kind === "broken") reply = broken;
    else reply = books.answer(method, url, new URLSearchParams(asked));
    // A failure is kept under its key, too, as Stripe does.
    if (key !== undefined) kept.set(key, { asked, reply });
    if (fault?.kind === "reply-lost") return void req.socket.destroy();
    res.writeHead(reply.status, {
      "Content-Type": "application/json",
      "Request-Id": `req_${randomUUID()}`,
    });
    res.end(JSON.stringify(reply.body));
  }

  const server = createServer((req, res) => void handle(req, res).catch(() => res.destroy()));
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  books.pagesUrl = url;
  return {
    url,
    books,
    calls,
    // After a connection that closed the library itself tries once more, whatever it is told about retries.
    fail: (fault) => void faults.push(...(fault.kind === "broken" ? [fault] : [fault, fault])),
    tell: (there) => void (target = there),
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const broken: Reply = { status: 500, body: { error: { type: "api_error", message: "broken" } } };
const keyReused: Reply = {
  status: 400,
  body: { error: { type: "idempotency_error", message: "other parameters with this key" } },
};
