import type { Stock } from "../../edge/waiting-room/core/stock.ts";

interface ShopSettings {
  readonly seats: number;
  readonly holdAfterSeconds: readonly [number, number];
  readonly doneAfterSeconds: readonly [number, number];
  readonly holdsShare: number;
  readonly confirmsShare: number;
  readonly walksAwayShare: number;
}

/** Where somebody comes from who is in the shop. */
export type ShopperPlace = Pick<Shopper, "visitor" | "shard" | "number">;

interface Shopper {
  readonly visitor: number;
  readonly shard: number;
  readonly number: number;
  wants: number;
  held: number;
}

/** What admitted people do in the shop: look, hold, confirm or not, leave or walk away. */
export class ModelShop {
  available: number;
  held = 0;
  sold = 0;
  readonly #settings: ShopSettings;
  readonly #random: () => number;
  readonly #onExit: (shopper: ShopperPlace) => void;
  readonly #due = new Map<number, (() => void)[]>();

  constructor(
    settings: ShopSettings,
    random: () => number,
    onExit: (shopper: ShopperPlace) => void,
  ) {
    this.#settings = settings;
    this.available = settings.seats;
    this.#random = random;
    this.#onExit = onExit;
  }

  enter(place: ShopperPlace, second: number): void {
    const shopper: Shopper = { ...place, wants: 1 + Math.floor(this.#random() * 4), held: 0 };
    const holdAt = second + this.#between(this.#settings.holdAfterSeconds);
    if (this.#random() < this.#settings.holdsShare) this.#at(holdAt, () => this.#hold(shopper));
    this.#at(holdAt + this.#between(this.#settings.doneAfterSeconds), () => this.#finish(shopper));
  }

  run(second: number): void {
    for (const act of this.#due.get(second) ?? []) act();
    this.#due.delete(second);
  }

  stock(now: number): Stock {
    const priceRange = { min: 4500, max: 32_000, currency: "USD" };
    return { available: this.available, held: this.held, priceRange, at: now };
  }

  #hold(shopper: Shopper): void {
    shopper.held = Math.min(shopper.wants, this.available);
    this.available -= shopper.held;
    this.held += shopper.held;
  }

  #finish(shopper: Shopper): void {
    this.held -= shopper.held;
    if (this.#random() < this.#settings.confirmsShare) this.sold += shopper.held;
    else this.available += shopper.held;
    if (this.#random() >= this.#settings.walksAwayShare) this.#onExit(shopper);
  }

  #at(second: number, act: () => void): void {
    const at = Math.ceil(second);
    const list = this.#due.get(at);
    if (list) list.push(act);
    else this.#due.set(at, [act]);
  }

  #between([from, to]: readonly [number, number]): number {
    return from + this.#random() * (to - from);
  }
}
