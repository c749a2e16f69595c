import type { Transaction } from "./collator.ts";
import { type Cause, type DirtyKey, DirtyKeys } from "./dirty-keys.ts";
import { earlier, type Lsn } from "./lsn.ts";

/** More known contributions than this are forgotten; a change too many is then fanned out, nothing is missed. */
const knownRefsMax = 50_000;

/**
 * What one session has received and still owes. Pure. The position that may be confirmed to the server follows
 * from it: nothing that is owed lies before it.
 */
export class Progress {
  readonly events = new DirtyKeys();
  /** Venues and performers (`venue:7`), and tables that were truncated (`all:` or `rebuild:`). */
  readonly refs = new DirtyKeys();
  readonly #knownRefs = new Map<string, string>();
  readonly #newRefs = new Map<string, string>();
  #position: Lsn = 0n;

  /** Everything before it was received. */
  get position(): Lsn {
    return this.#position;
  }

  get idle(): boolean {
    return this.events.size === 0 && this.refs.size === 0;
  }

  /** What may be confirmed: up to the oldest commit that is owed, which then would come again. */
  get confirmable(): Lsn {
    return earlier(this.events.oldestLsn(), this.refs.oldestLsn()) ?? this.#position;
  }

  /** @param nowMs when it arrived */
  receive(transaction: Transaction, nowMs: number): void {
    const { xid, commitLsn, commitMs } = transaction;
    const cause: Cause = { xid, commitLsn, commitMs };
    for (const key of transaction.edited) this.events.mark(key, "edit", cause, nowMs);
    for (const key of transaction.seats) {
      if (!transaction.edited.has(key)) this.events.mark(key, "seats", cause, nowMs);
    }
    for (const [ref, contribution] of transaction.refs) {
      const known = contribution !== null && this.#knownRefs.get(ref) === contribution;
      if (known && !this.refs.has(ref)) continue;
      this.refs.mark(ref, "edit", cause, nowMs);
      if (contribution !== null) this.#newRefs.set(ref, contribution);
    }
    if (transaction.truncated.has("events")) this.refs.mark("rebuild:", "edit", cause, nowMs);
    else if (transaction.truncated.size > 0) this.refs.mark("all:", "edit", cause, nowMs);
    this.#position = transaction.endLsn;
  }

  /** The server has read up to `walEnd` and found nothing (more) for us; only between transactions. */
  keepalive(walEnd: Lsn): void {
    if (walEnd > this.#position) this.#position = walEnd;
  }

  /** These are recorded durably: the same contribution need not be fanned out again. */
  refsRecorded(refs: readonly DirtyKey[]): void {
    for (const { key: ref } of refs) {
      const contribution = this.#newRefs.get(ref);
      if (contribution === undefined) continue;
      if (this.#knownRefs.size >= knownRefsMax) this.#knownRefs.clear();
      this.#knownRefs.set(ref, contribution);
      this.#newRefs.delete(ref);
    }
    this.refs.done(refs);
  }
}
