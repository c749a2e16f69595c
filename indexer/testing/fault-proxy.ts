import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";

/** What the proxy does to requests that it is told to spoil. */
export type Fault =
  /** Answers this status instead of passing the request on. */
  | { kind: "status"; code: number; body?: string }
  /** Never answers; ends the connection when something else is set. */
  | { kind: "hang" }
  /** Passes the request on and then ends the connection instead of answering. */
  | { kind: "reset" }
  /** Passes the request on and answers only the first lines. */
  | { kind: "fewer-lines" }
  /** Passes the request on when told to, whatever else is set meanwhile. */
  | { kind: "hold"; until: Promise<void> }
  /** Passes the documents on with a field that does not fit the schema, all or only these. */
  | { kind: "poison"; ids?: readonly string[] }
  /** Calls back when the request is there, or answered but the answer not yet sent; nothing goes further. */
  | { kind: "stop"; at: "request" | "answer"; call: () => void };

export interface FaultProxy {
  readonly url: string;
  /** Spoils what `when` chooses until told otherwise; `null` passes everything. */
  set(fault: Fault | null, when?: (request: SeenRequest) => boolean): void;
  /** Requests so far. */
  readonly seen: SeenRequest[];
  close(): Promise<void>;
}

export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly body: string;
}

/** Only writes of documents. */
export function isImport(request: SeenRequest): boolean {
  return request.url.includes("/documents/import");
}

/** A proxy in front of the real server: the good path stays real. */
export async function startFaultProxy(targetUrl: string): Promise<FaultProxy> {
  let fault: Fault | null = null;
  let chosen: (request: SeenRequest) => boolean = () => true;
  const seen: SeenRequest[] = [];
  const hanging = new Set<ServerResponse>();
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", () => {
      const body = Buffer.concat(chunks);
      const request = {
        method: incoming.method ?? "",
        url: incoming.url ?? "",
        body: body.toString(),
      };
      seen.push(request);
      if (fault && chosen(request)) spoil(fault, incoming, body, response);
      else pass(incoming, body, (answer) => send(response, answer));
    });
  });
  const pass = (incoming: IncomingMessage, body: Buffer, done: (answer: Answer) => void) => {
    const { method, url } = incoming;
    // Plain answers, so that they can be cut.
    const headers = {
      ...incoming.headers,
      "accept-encoding": "identity",
      "content-length": String(body.length),
    };
    const outgoing = httpRequest(new URL(url ?? "/", targetUrl), { method, headers }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on("data", (chunk: Buffer) => chunks.push(chunk));
      answer.on("end", () =>
        done({ code: answer.statusCode ?? 502, body: Buffer.concat(chunks).toString() }),
      );
    });
    outgoing.on("error", () => done({ code: 502, body: "" }));
    outgoing.end(body);
  };
  const spoil = (it: Fault, incoming: IncomingMessage, body: Buffer, response: ServerResponse) => {
    switch (it.kind) {
      case "status":
        return send(response, { code: it.code, body: it.body ?? "{}" });
      case "hang":
        hanging.add(response);
        return;
      case "reset":
        return pass(incoming, body, () => response.destroy());
      case "fewer-lines":
        return pass(incoming, body, (answer) =>
          send(response, { ...answer, body: answer.body.split("\n").slice(0, -1).join("\n") }),
        );
      case "hold":
        void it.until.then(() => pass(incoming, body, (answer) => send(response, answer)));
        return;
      case "poison":
        return pass(incoming, poison(body, it.ids), (answer) => send(response, answer));
      case "stop":
        if (it.at === "request") it.call();
        else pass(incoming, body, it.call);
        return;
      default:
        it satisfies never;
    }
  };
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    set: (next, when = () => true) => {
      for (const response of hanging) response.destroy();
      hanging.clear();
      fault = next;
      chosen = when;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function poison(body: Buffer, ids?: readonly string[]): Buffer {
  const lines = body
    .toString()
    .split("\n")
    .map((line) => {
      const document = JSON.parse(line) as { id: string };
      if (ids && !ids.includes(document.id)) return line;
      return JSON.stringify({ ...document, starts_at: "no number" });
    });
  return Buffer.from(lines.join("\n"));
}

interface Answer {
  readonly code: number;
  readonly body: string;
}

function send(response: ServerResponse, { code, body }: Answer): void {
  response.writeHead(code, { "content-type": "application/json" }).end(body);
}
