import type { ShardTotals } from "./room.ts";

/** A pass as a shard keeps it. Times are Unix milliseconds. */
export interface Pass {
  readonly number: number;
  readonly position: number;
  readonly expiresAt: number;
}

/** The counts that passes give rise to. */
export type PassTotals = Pick<
  ShardTotals,
  "claims" | "exits" | "expiries" | "settledBelow" | "settledClaims"
>;

/**
 * A shard's passes: which are live, how many ended and how, and how many positions past their grace had claimed.
 * In memory beside the table; loading the table again gives the same totals.
 */
export class PassLedger {
  readonly #live = new Map<number, Pass>();
  #unsettled: number[] = [];
  #totals: PassTotals = { claims: 0, exits: 0, expiries: 0, settledBelow: 0, settledClaims: 0 };

  get totals(): PassTotals {
    return this.#totals;
  }

  /** Records a new claim; the caller has made sure that the number had none. */
  grant(pass: Pass): void {
    this.#live.set(pass.number, pass);
    this.#unsettled.push(pass.position);
    this.#totals = { ...this.#totals, claims: this.#totals.claims + 1 };
  }

  /** @returns whether the pass was live until now, so that its place in the shop is free again */
  end(number: number): boolean {
    if (!this.#live.delete(number)) return false;
    this.#totals = { ...this.#totals, exits: this.#totals.exits + 1 };
    return true;
  }

  /** Lets passes run out, and settles positions that are past their grace. */
  advance(now: number, expiredBelow: number): void {
    let expiries = 0;
    for (const pass of this.#live.values()) {
      if (pass.expiresAt <= now && this.#live.delete(pass.number)) expiries++;
    }
    const settled = this.#unsettled.filter((position) => position < expiredBelow).length;
    if (settled > 0) {
      this.#unsettled = this.#unsettled.filter((position) => position >= expiredBelow);
    }
    this.#totals = {
      ...this.#totals,
      expiries: this.#totals.expiries + expiries,
      settledBelow: Math.max(this.#totals.settledBelow, expiredBelow),
      settledClaims: this.#totals.settledClaims + settled,
    };
  }

  /** @returns when the next pass runs out, Unix milliseconds, or null when none is live */
  nextExpiryAt(): number | null {
    let next: number | null = null;
    for (const { expiresAt } of this.#live.values()) next = Math.min(next ?? expiresAt, expiresAt);
    return next;
  }
}
