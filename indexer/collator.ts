import type { Lsn } from "./lsn.ts";
import { decodePgOutput, type PgMessage, type Row, type Wanted } from "./pgoutput.ts";
import { contributionOf, planRelation, type Table, type TablePlan } from "./tables.ts";

/** What one committed transaction made dirty: distinct keys only, however many rows it changed. */
export interface Transaction {
  readonly xid: number;
  /** Where the commit record begins: confirming this much has it sent again. */
  readonly commitLsn: Lsn;
  /** Where it ends: confirming this much is exactly past it. */
  readonly endLsn: Lsn;
  readonly commitMs: number;
  readonly rows: number;
  /** Events whose own rows or performers changed. */
  readonly edited: ReadonlySet<string>;
  /** Events whose tickets changed. */
  readonly seats: ReadonlySet<string>;
  /** Venues and performers, as `venue:7`, with what they now contribute to documents (`null`: gone). */
  readonly refs: ReadonlyMap<string, string | null>;
  readonly truncated: ReadonlySet<Table>;
  /** Contents of our own messages in the log. */
  readonly messages: readonly string[];
}

/** The prefix of messages that we put into the log ourselves. */
export const messagePrefix = "frontrow_indexer";

/** A published table lost a column that documents are made of: nothing may go on before somebody looks. */
export class SchemaDriftError extends Error {}

/**
 * Turns the messages of the replication stream into transactions.
 * Pure but for its memory of relations and of the open transaction: one per connection.
 */
export class Collator {
  readonly #plans = new Map<number, TablePlan | null>();
  readonly #wantedOf = (relationId: number): Wanted => this.#plans.get(relationId)?.wanted ?? none;
  #open: OpenTransaction | null = null;

  /** Whether a transaction has begun and its commit has not come yet. */
  get inTransaction(): boolean {
    return this.#open !== null;
  }

  /**
   * Takes the next message.
   * @returns the transaction when this message is its commit, else `null`
   * @throws SchemaDriftError, and what the decoder throws on garbage
   */
  take(buffer: Buffer, at: number): Transaction | null {
    return this.#accept(decodePgOutput(buffer, at, this.#wantedOf));
  }

  #accept(message: PgMessage): Transaction | null {
    switch (message.kind) {
      case "begin":
        this.#open = new OpenTransaction(message.xid, message.commitMs);
        return null;
      case "commit": {
        const done = this.#current().commit(message.commitLsn, message.endLsn);
        this.#open = null;
        return done;
      }
      case "relation": {
        const result = planRelation(message.relation);
        if (result.status === "missing-columns") {
          throw new SchemaDriftError(`${result.table} lost ${result.columns.join(", ")}`);
        }
        this.#plans.set(message.relation.id, result.status === "planned" ? result.plan : null);
        return null;
      }
      case "row": {
        const plan = this.#plans.get(message.relationId);
        if (plan) this.#current().row(plan.table, message);
        return null;
      }
      case "truncate":
        for (const id of message.relationIds) {
          const plan = this.#plans.get(id);
          if (plan) this.#current().truncated.add(plan.table);
        }
        return null;
      case "message":
        if (message.prefix === messagePrefix) this.#current().messages.push(message.content);
        return null;
      case "other":
        return null;
      default:
        return message satisfies never;
    }
  }

  #current(): OpenTransaction {
    if (!this.#open) throw new TypeError("replication message outside a transaction");
    return this.#open;
  }
}

const none: Wanted = new Int8Array();

type RowMessage = Extract<PgMessage, { kind: "row" }>;

class OpenTransaction {
  readonly #xid: number;
  readonly #commitMs: number;
  readonly #edited = new Set<string>();
  readonly #seats = new Set<string>();
  readonly #refs = new Map<string, string | null>();
  readonly truncated = new Set<Table>();
  readonly messages: string[] = [];
  #rows = 0;

  constructor(xid: number, commitMs: number) {
    this.#xid = xid;
    this.#commitMs = commitMs;
  }

  row(table: Table, { inserted, before, after }: RowMessage): void {
    this.#rows += 1;
    switch (table) {
      case "tickets":
        addKey(this.#seats, before);
        addKey(this.#seats, after);
        break;
      case "events":
      case "event_performers":
        addKey(this.#edited, before);
        addKey(this.#edited, after);
        break;
      case "venues":
        // No event can have been there, or with them, before: those that are to come are changes themselves.
        if (!inserted) this.#ref("venue", before, after);
        break;
      case "performers":
        if (!inserted) this.#ref("performer", before, after);
        break;
      default:
        table satisfies never;
    }
  }

  commit(commitLsn: Lsn, endLsn: Lsn): Transaction {
    return {
      xid: this.#xid,
      commitMs: this.#commitMs,
      rows: this.#rows,
      commitLsn,
      endLsn,
      edited: this.#edited,
      seats: this.#seats,
      refs: this.#refs,
      truncated: this.truncated,
      messages: this.messages,
    };
  }

  #ref(kind: "venue" | "performer", before: Row, after: Row): void {
    if (before?.[0]) this.#refs.set(`${kind}:${before[0]}`, null);
    if (after?.[0]) this.#refs.set(`${kind}:${after[0]}`, contributionOf(after));
  }
}

function addKey(keys: Set<string>, values: Row): void {
  const key = values?.[0];
  if (key) keys.add(key);
}
