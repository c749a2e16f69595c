import { connect, type Socket } from "node:net";

export interface RawAnswer {
  readonly status: number;
  readonly body: string;
}

/**
 * One kept-alive HTTP/1.1 connection, one request at a time, with no more parsing than our own servers' answers need.
 * Node's client costs the two cores about as much as the origin does, and they are shared.
 */
export class RawConnection {
  readonly #socket: Socket;
  /** Kept once it is connected, or has failed: then the first request says so. */
  readonly opened: Promise<void>;
  #received: Buffer = Buffer.alloc(0);
  #waiting: { resolve: (answer: RawAnswer) => void; reject: (error: Error) => void } | undefined;

  constructor(port: number) {
    this.#socket = connect({ host: "127.0.0.1", port, noDelay: true });
    this.opened = new Promise((resolve) => {
      this.#socket.once("connect", resolve).once("close", () => resolve());
    });
    this.#socket.on("data", (chunk) => this.#read(chunk));
    this.#socket.on("error", (error) => this.#fail(error));
    this.#socket.on("close", () => this.#fail(new Error("the connection was closed")));
  }

  /** @param request the whole of it, head and body */
  send(request: string): Promise<RawAnswer> {
    return new Promise((resolve, reject) => {
      if (this.#waiting) return reject(new Error("one request at a time"));
      if (this.#socket.destroyed) return reject(new Error("the connection was closed"));
      this.#waiting = { resolve, reject };
      this.#socket.write(request);
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  get isClosed(): boolean {
    return this.#socket.destroyed;
  }

  #read(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    const answer = parseAnswer(this.#received);
    if (answer === undefined) return;
    this.#received = Buffer.alloc(0);
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.resolve(answer);
  }

  #fail(error: Error): void {
    this.#socket.destroy();
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.reject(error);
  }
}

/** @returns undefined while a part is still missing */
export function parseAnswer(received: Buffer): RawAnswer | undefined {
  const end = received.indexOf("\r\n\r\n");
  if (end < 0) return undefined;
  const head = received.toString("latin1", 0, end).toLowerCase();
  const status = Number(head.slice(9, 12));
  const length = /\r\ncontent-length: (\d+)/.exec(head)?.[1];
  const rest = received.subarray(end + 4);
  if (length !== undefined) {
    if (rest.length < Number(length)) return undefined;
    return { status, body: rest.toString("utf8", 0, Number(length)) };
  }
  if (!head.includes("\r\ntransfer-encoding: chunked")) return { status, body: "" };
  return joinChunks(status, rest);
}

function joinChunks(status: number, rest: Buffer): RawAnswer | undefined {
  const parts: Buffer[] = [];
  for (let at = 0; ;) {
    const line = rest.indexOf("\r\n", at);
    if (line < 0) return undefined;
    const size = Number.parseInt(rest.toString("latin1", at, line), 16);
    const next = line + 2 + size + 2;
    if (rest.length < next) return undefined;
    if (size === 0) return { status, body: Buffer.concat(parts).toString() };
    parts.push(rest.subarray(line + 2, line + 2 + size));
    at = next;
  }
}
