import { DurableObject } from "cloudflare:workers";
import { readEnv } from "../env.ts";
import { EventObjects, type SeatViewersMethods, type Viewing } from "./event-objects.ts";

/** One object's share: a broadcast to 5,000 sockets took one 350 to 740 ms. */
export const viewersMax = 1_500;
/** Kept for viewers who are just being welcomed. */
const recentMax = 50;
/** Try again later. */
const closeTryAgain = 1013;
const closePolicy = 1008;

/** A group of live viewers of one event. It sleeps while nothing happens; its sockets do not close for that. */
export class SeatViewers
  extends DurableObject<Record<string, unknown>>
  implements SeatViewersMethods
{
  readonly #objects: EventObjects;
  /** Accepted, but not yet told where they stand. */
  readonly #newcomers = new Set<WebSocket>();
  #recent: { readonly seq: number; readonly message: string }[] = [];

  constructor(ctx: DurableObjectState, bindings: Record<string, unknown>) {
    super(ctx, bindings);
    const env = readEnv(bindings);
    this.#objects = new EventObjects(env);
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair("ping", "pong"));
  }

  /** Takes a viewer: the body of the upgrade request cannot carry anything, so a header does. */
  override async fetch(request: Request): Promise<Response> {
    if (this.ctx.getWebSockets().length >= viewersMax) return new Response(null, { status: 503 });
    const viewing = JSON.parse(request.headers.get("x-viewing") ?? "{}") as Viewing;
    const { 0: client, 1: server } = new WebSocketPair();
    this.#newcomers.add(server);
    this.ctx.acceptWebSocket(server);
    this.ctx.waitUntil(this.#welcome(server, viewing));
    return new Response(null, { status: 101, webSocket: client });
  }

  async push(seq: number, message: string): Promise<number> {
    this.#recent = [...this.#recent, { seq, message }].slice(-recentMax);
    const sockets = this.ctx.getWebSockets();
    for (const socket of sockets) {
      if (!this.#newcomers.has(socket)) send(socket, message);
    }
    return sockets.length;
  }

  override webSocketMessage(socket: WebSocket): void {
    socket.close(closePolicy, "nothing is to be said here");
  }

  override webSocketClose(socket: WebSocket, code: number): void {
    this.#newcomers.delete(socket);
    // 1005 and 1006 say that there was no code; they must not be sent.
    socket.close(code === 1005 || code === 1006 ? 1000 : code);
  }

  /** Between the answer and the last `send` nothing is awaited: no message can get in between, none is left out. */
  async #welcome(socket: WebSocket, viewing: Viewing): Promise<void> {
    const welcome = await this.#objects
      .view(viewing.eventId)
      .attach(viewing)
      .catch(() => undefined);
    this.#newcomers.delete(socket);
    if (!welcome) {
      socket.close(closeTryAgain, "seats cannot be read right now");
      return;
    }
    for (const message of welcome.messages) send(socket, message);
    for (const { seq, message } of this.#recent) if (seq > welcome.seq) send(socket, message);
  }
}

function send(socket: WebSocket, message: string): void {
  try {
    socket.send(message);
  } catch {
    // It has gone; the runtime says so separately.
  }
}
