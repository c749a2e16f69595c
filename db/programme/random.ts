/**
 * A generator of numbers that look random and are the same at every run: Mulberry32 (Tommy Ettinger, 2017).
 * @param seed any 32-bit number
 * @returns a function that gives numbers from 0 up to but not including 1
 */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A whole number from `low` to `high`, both included. */
export function randomInt(random: () => number, low: number, high: number): number {
  return low + Math.floor(random() * (high - low + 1));
}

/** One of a list. @throws RangeError when it is empty */
export function randomOf<T>(random: () => number, list: readonly T[]): T {
  const item = list[randomInt(random, 0, list.length - 1)];
  if (item === undefined) throw new RangeError("nothing to choose from");
  return item;
}
