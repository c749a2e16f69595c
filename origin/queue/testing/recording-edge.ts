import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll } from "vitest";
import {
  checkSignature,
  edgeHeaders,
  type SigningKeys,
} from "../../../contracts/edge-signature.ts";
import {
  QueueControl,
  type QueueControlAnswer,
  queueControlPath,
} from "../../../contracts/queue-control.ts";
import type { QueueFigures } from "../../../contracts/queue.ts";

/** An edge that writes down what it is told, checks its signature, and answers what a test says. */
export interface RecordingEdge {
  readonly url: string;
  /** Every word so far that was signed well. */
  readonly told: readonly QueueControl[];
  answers(answer: (control: QueueControl) => QueueControlAnswer | "silence"): void;
}

/** Starts one for the rest of the test file. */
export async function startRecordingEdge(signingKeys: SigningKeys): Promise<RecordingEdge> {
  const told: QueueControl[] = [];
  let answer: (control: QueueControl) => QueueControlAnswer | "silence" = done;
  const server = createServer((request, response) => {
    void (async () => {
      const body = await bodyOf(request);
      if (!(await isSigned(signingKeys, request, body))) {
        response.writeHead(401).end();
        return;
      }
      const control = QueueControl.parse(JSON.parse(new TextDecoder().decode(body)));
      told.push(control);
      const given = answer(control);
      if (given === "silence") request.socket.destroy();
      else response.end(JSON.stringify(given));
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    told,
    answers: (given) => {
      answer = given;
    },
  };
}

/** A room that does as it is told. */
export function done(control: QueueControl): QueueControlAnswer {
  if (control.kind === "finish") return { status: "finished", ended: [] };
  if (control.kind === "stock") return { status: "heard" };
  if (control.kind === "history") return { status: "history", samples: [] };
  return { status: "done", figures: figuresOf(control.event, control.generation) };
}

/** @returns figures of a room that has just begun */
function figuresOf(event: string, generation: number): QueueFigures {
  const now = new Date().toISOString();
  return {
    status: {
      event,
      generation,
      phase: "pre",
      opensAt: `${now.slice(0, 19)}Z`,
      now,
      commitment: "ab".repeat(32),
      beacon: null,
      serving: 0,
      expiredBelow: 0,
      ratePerMinute: 600,
      waiting: 0,
      message: "",
      pollMinSeconds: 5,
      pollMaxSeconds: 60,
      seatsLeft: null,
      priceRange: null,
      likelyBelow: null,
      failOpenUntil: null,
    },
    joins: 0,
    left: 0,
    claims: 0,
    active: 0,
    maxActive: 100,
    admitPerMinute: 600,
    passSeconds: 600,
    graceSeconds: 120,
    noShowShare: 0,
    shards: 4,
  };
}

async function bodyOf(request: IncomingMessage): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return new Uint8Array(Buffer.concat(chunks));
}

async function isSigned(
  keys: SigningKeys,
  { headers }: IncomingMessage,
  body: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  const header = (name: string) => String(headers[name.toLowerCase()] ?? "");
  const parts = {
    method: "POST",
    path: queueControlPath,
    query: "",
    timestampSeconds: Number(header(edgeHeaders.timestamp)),
    body,
    user: "",
    roles: "",
    requestId: header(edgeHeaders.requestId),
    deadline: "",
  };
  const [keyId, signature] = [header(edgeHeaders.keyId), header(edgeHeaders.signature)];
  const nowSeconds = Math.floor(Date.now() / 1000);
  return (await checkSignature(keys, keyId, signature, parts, nowSeconds)).ok;
}
