import { PassLedger } from "./core/pass-ledger.ts";
import type { ShardTotals } from "./core/room.ts";
import type { ShardStore, StoredPass } from "./shard-store.ts";

/** A shard's places and passes: the tables, and the counts that follow from them. */
export class Desk {
  readonly #store: ShardStore;
  readonly #ledger = new PassLedger();
  #joins: number;
  #left: number;

  /** Loads what was kept; the counts come out as they were. */
  constructor(store: ShardStore) {
    this.#store = store;
    for (const pass of store.passes()) {
      this.#ledger.grant(pass);
      if (pass.ended) this.#ledger.end(pass.number);
    }
    ({ joins: this.#joins, left: this.#left } = store.counts());
  }

  get nextExpiryAt(): number | null {
    return this.#ledger.nextExpiryAt();
  }

  /** Lets passes run out and settles positions below `expiredBelow`. @returns what to report */
  totalsAt(now: number, expiredBelow: number): ShardTotals {
    this.#ledger.advance(now, expiredBelow);
    return { ...this.#ledger.totals, joins: this.#joins, left: this.#left };
  }

  placeOf(user: string): number | null {
    return this.#store.placeOf(user);
  }

  passOf(number: number): StoredPass | null {
    return this.#store.passOf(number);
  }

  /** The user is probably a program: to be sent back once. */
  suspect(user: string): void {
    this.#store.addSuspect(user);
  }

  /** Takes the place from a suspect whose turn has come for the first time. @returns whether it was one */
  sendBack(user: string, now: number): boolean {
    if (!this.#store.markSentBack(user)) return false;
    this.leave(user, now);
    return true;
  }

  /** @returns the number that stands: an earlier one, if there is one */
  seat(user: string, number: number): number {
    const stands = this.#store.addPlace(user, number);
    if (stands === number) this.#joins++;
    return stands;
  }

  admit(pass: { number: number; position: number; expiresAt: number }): void {
    this.#store.addPass(pass);
    this.#ledger.grant(pass);
  }

  /** Gives up the user's place and pass. @returns the pass that must count no more; null without one */
  leave(user: string, now: number): StoredPass | null {
    const number = this.#store.placeOf(user);
    if (number === null) return null;
    this.#store.removePlace(user, number);
    if (this.#store.passOf(number) === null) this.#left++; // as `counts` counts, which looks at every place
    return this.#end(number, now);
  }

  /** Ends the user's pass; the place has been used. @returns the pass that must count no more, each time */
  finish(user: string, now: number): StoredPass | null {
    const number = this.#store.placeOf(user);
    return number === null ? null : this.#end(number, now);
  }

  #end(number: number, now: number): StoredPass | null {
    this.#ledger.advance(now, this.#ledger.totals.settledBelow);
    if (this.#ledger.end(number)) this.#store.endPass(number);
    const pass = this.#store.passOf(number);
    return pass && pass.expiresAt > now ? pass : null;
  }
}
