export interface RememberedOptions<Value> {
  readonly load: (key: string) => Promise<Value>;
  /** How long a value may be used, in milliseconds. */
  readonly freshMs: (value: Value) => number;
  /** How much room a value takes, in the unit of `weightMax`. */
  readonly weight: (value: Value) => number;
  readonly weightMax: number;
  /** A clock in milliseconds that never jumps. */
  readonly now: () => number;
}

interface Entry<Value> {
  value?: Value;
  /** Until when `value` may be used. */
  until: number;
  loading?: Promise<Value>;
  /** Begins when `loading` has ended. */
  next?: Promise<Value>;
}

/**
 * Remembers what was loaded, by key, for as long as it says; whoever asks meanwhile waits for the one load under way.
 * Bounded: what was not asked for the longest goes first.
 */
export class Remembered<Value> {
  readonly #entries = new Map<string, Entry<Value>>();
  readonly #options: RememberedOptions<Value>;
  #weight = 0;

  constructor(options: RememberedOptions<Value>) {
    this.#options = options;
  }

  /** What is remembered, or loaded now. Throws what the load throws; a failure is not remembered. */
  async read(key: string): Promise<Value> {
    const entry = this.#touch(key);
    if (entry.value !== undefined && entry.until > this.#options.now()) return entry.value;
    return entry.loading ?? this.#begin(key, entry);
  }

  /** A value whose load begins after this call: it knows everything that the caller knows. */
  async readNew(key: string): Promise<Value> {
    const entry = this.#touch(key);
    if (!entry.loading) return this.#begin(key, entry);
    entry.next ??= entry.loading
      .catch(() => undefined)
      .then(() => {
        delete entry.next;
        return this.#begin(key, entry);
      });
    return entry.next;
  }

  #begin(key: string, entry: Entry<Value>): Promise<Value> {
    const loading = this.#options.load(key).then(
      (value) => {
        delete entry.loading;
        this.#keep(key, entry, value);
        return value;
      },
      (error: unknown) => {
        delete entry.loading;
        throw error;
      },
    );
    entry.loading = loading;
    return loading;
  }

  #touch(key: string): Entry<Value> {
    const entry = this.#entries.get(key) ?? { until: 0 };
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry;
  }

  #keep(key: string, entry: Entry<Value>, value: Value): void {
    const { freshMs, weight, weightMax, now } = this.#options;
    if (this.#entries.get(key) !== entry) return; // it was dropped to make room meanwhile
    this.#weight += weight(value) - (entry.value === undefined ? 0 : weight(entry.value));
    entry.value = value;
    entry.until = now() + freshMs(value);
    for (const [oldest, { value: dropped }] of this.#entries) {
      if (this.#weight <= weightMax || oldest === key) break;
      this.#entries.delete(oldest);
      if (dropped !== undefined) this.#weight -= weight(dropped);
    }
  }
}
