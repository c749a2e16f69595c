import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { splitFrames } from "./postgres-frames.ts";
import type { OnStep, Wall } from "./wire-step.ts";

/** Message types of Postgres' protocol 3: see "Message Formats" in its manual. */
const ofClient = { query: "Q", sync: "S" } as const;
const ofServer = { backendKey: "K", ready: "Z" } as const;

/** Stands in front of Postgres; each query, or each batch of messages up to a Sync, is a step. */
export async function openPostgresWall(databaseUrl: string, onStep: OnStep): Promise<Wall> {
  const { hostname, port } = new URL(databaseUrl);
  const links = new Set<Link>();
  const server = createServer((client) => {
    const link = new Link(client, connect(Number(port), hostname), onStep);
    links.add(link);
    void link.ended.then(() => links.delete(link));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    async settled() {
      await Promise.all([...links].map((link) => link.settled()));
    },
    async close() {
      for (const link of links) link.cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** One connection of the process, and its backend. */
class Link {
  readonly ended: Promise<void>;
  readonly #client: Socket;
  readonly #server: Socket;
  readonly #onStep: OnStep;
  #backend: number | undefined;
  #isStarted = false;
  /** What the server said while its answer is held back; undefined: it goes straight on. */
  #held: Buffer[] | undefined;
  #answered: () => void = () => {};
  #steps: Promise<unknown> = Promise.resolve();
  #sent: Promise<void> | undefined;

  constructor(client: Socket, server: Socket, onStep: OnStep) {
    this.#client = client;
    this.#server = server;
    this.#onStep = onStep;
    const fromClient = splitFrames({ hasStartup: true });
    const fromServer = splitFrames({ hasStartup: false });
    let batch: Buffer[] = [];
    client.on("data", (chunk: Buffer) => {
      for (const { type, bytes } of fromClient(chunk)) {
        batch.push(bytes);
        if (this.#isStarted && type !== ofClient.query && type !== ofClient.sync) continue;
        const message = Buffer.concat(batch);
        batch = [];
        if (this.#isStarted) this.#steps = this.#steps.then(() => this.#step(message));
        else server.write(message);
      }
    });
    server.on("data", (chunk: Buffer) => {
      for (const { type, bytes } of fromServer(chunk)) {
        if (type === ofServer.backendKey) this.#backend = bytes.readInt32BE(5);
        if (this.#held) this.#held.push(bytes);
        else if (!client.destroyed) client.write(bytes);
        if (type !== ofServer.ready) continue;
        this.#isStarted = true;
        this.#answered();
      }
    });
    client.on("error", () => undefined).on("close", () => server.end());
    server.on("error", () => undefined);
    this.ended = new Promise((resolve) => {
      server.on("close", () => {
        this.#answered();
        // An answer that is held back goes first.
        if (!this.#held) client.end();
        resolve();
      });
    });
  }

  cut(): void {
    this.#client.destroy();
    this.#server.destroy();
  }

  async settled(): Promise<void> {
    await this.#sent;
  }

  async #step(message: Buffer): Promise<void> {
    await this.#onStep({
      backend: this.#backend,
      send: () => {
        this.#held = [];
        const sent = new Promise<void>((resolve) => {
          this.#answered = resolve;
          if (this.#server.destroyed) resolve();
        });
        this.#sent = sent;
        this.#server.write(message);
        return sent;
      },
      pass: () => {
        for (const bytes of this.#held ?? [])
          if (!this.#client.destroyed) this.#client.write(bytes);
        this.#held = undefined;
        if (this.#server.destroyed) this.#client.end();
      },
      cut: () => this.cut(),
    });
  }
}
