import type { Duplex } from "node:stream";
import pg from "pg";
import { Collator, type Transaction } from "./collator.ts";
import type { Lsn } from "./lsn.ts";
import { dataOffset, readFrame, statusUpdate } from "./replication-wire.ts";

export interface ChangeStreamOptions {
  readonly url: string;
  readonly slot: string;
  readonly publication: string;
  /** How often the server hears from us, whatever happens, in milliseconds: it hangs up on the silent. */
  readonly statusMs: number;
  /** Unix milliseconds. */
  readonly now: () => number;
  readonly onTransaction: (transaction: Transaction) => void;
  /** Called when the server says how far it has read and no transaction is open. */
  readonly onKeepalive: (walEnd: Lsn) => void;
}

/** The parts of `pg`'s undocumented connection that replication needs. */
interface CopyConnection {
  readonly stream: Duplex;
  on(name: "replicationStart", listener: () => void): void;
  on(name: "copyData", listener: (message: { chunk: Buffer }) => void): void;
  sendCopyFromChunk(chunk: Buffer): void;
}

/** The server answers at once, whatever it then has to read: who waits longer waits for nobody. */
const openMsMax = 15_000;

/**
 * One connection that streams a slot. It never acknowledges by itself: `confirm` is the only thing that moves the
 * slot, and by exactly what it is given. A new object is made for every connection, which starts where the server
 * says, so that what was received but not applied comes again.
 */
export class ChangeStream {
  readonly #options: ChangeStreamOptions;
  readonly #client: pg.Client;
  readonly #connection: CopyConnection;
  readonly #collator = new Collator();
  readonly #ended = Promise.withResolvers<Error | null>();
  #confirmed: Lsn = 0n;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;
  /** Once over, nothing more is delivered: what follows a failed message must not be taken for applied. */
  #over = false;

  private constructor(options: ChangeStreamOptions) {
    this.#options = options;
    this.#client = new pg.Client({
      connectionString: options.url,
      application_name: "frontrow-indexer",
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
      connectionTimeoutMillis: openMsMax,
      replication: "database",
    } as pg.ClientConfig);
    this.#connection = (this.#client as unknown as { connection: CopyConnection }).connection;
    this.#client.on("error", (error) => this.#end(error));
    this.#client.on("end", () => this.#end(new Error("replication connection ended")));
  }

  /**
   * Connects and starts streaming.
   * @throws what the server answers, e.g. with code 55006 while another process streams the slot
   */
  static async open(options: ChangeStreamOptions): Promise<ChangeStream> {
    const stream = new ChangeStream(options);
    try {
      await stream.#start();
    } catch (error) {
      await stream.close();
      throw error;
    }
    return stream;
  }

  /** Resolves when the stream is over: with the error, or with `null` after `close`. */
  get ended(): Promise<Error | null> {
    return this.#ended.promise;
  }

  get inTransaction(): boolean {
    return this.#collator.inTransaction;
  }

  /** Tells the server that everything before `lsn` is applied for good; going back is ignored. */
  confirm(lsn: Lsn): void {
    if (lsn > this.#confirmed) this.#confirmed = lsn;
    this.#sendStatus();
  }

  /** Stops reading; the server keeps the rest, and still hears from us. */
  pause(): void {
    this.#connection.stream.pause();
  }

  resume(): void {
    this.#connection.stream.resume();
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#end(null);
    this.#connection.stream.destroy();
    await this.#client.end().catch(() => {});
  }

  async #start(): Promise<void> {
    await this.#client.connect();
    const started = new Promise<void>((resolve) =>
      this.#connection.on("replicationStart", resolve),
    );
    this.#connection.on("copyData", ({ chunk }) => this.#receive(chunk));
    const { slot, publication } = this.#options;
    const streaming = this.#client.query(
      `START_REPLICATION SLOT "${slot}" LOGICAL 0/0
         (proto_version '1', publication_names '"${publication}"', messages 'true')`,
    );
    streaming.catch((error: Error) => this.#end(error));
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => late.reject(new Error("the stream does not start")), openMsMax);
    await Promise.race([started, streaming, late.promise]).finally(() => clearTimeout(timer));
    this.#timer = setInterval(() => this.#sendStatus(), this.#options.statusMs);
  }

  #receive(chunk: Buffer): void {
    if (this.#over) return;
    try {
      const frame = readFrame(chunk);
      if (frame.kind === "data") {
        const transaction = this.#collator.take(chunk, dataOffset);
        if (transaction) this.#options.onTransaction(transaction);
        return;
      }
      if (!this.#collator.inTransaction) this.#options.onKeepalive(frame.walEnd);
      if (frame.replyRequested) this.#sendStatus();
    } catch (error) {
      // An exception inside a socket's handler would end the process.
      this.#end(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #sendStatus(): void {
    // Zero would be read as "nothing new" anyway; the server never moves a slot back.
    if (!this.#closed && this.#connection.stream.writable) {
      this.#connection.sendCopyFromChunk(statusUpdate(this.#confirmed, this.#options.now()));
    }
  }

  #end(error: Error | null): void {
    this.#over = true;
    clearInterval(this.#timer);
    this.#ended.resolve(error);
  }
}
