/** Index of a ticket in ticket order, and its new status as the two bits of the contract's availability. */
export type SeatDelta = readonly [index: number, bits: number];

/**
 * Which tickets have another status.
 * @param before statuses, four tickets a byte, the first in the lowest two bits
 * @returns `undefined` when the tickets themselves are others, so that indices do not match
 */
export function changesBetween(before: Uint8Array, now: Uint8Array): SeatDelta[] | undefined {
  if (before.length !== now.length) return undefined;
  const changes: SeatDelta[] = [];
  for (const [at, byte] of now.entries()) {
    const differing = byte ^ (before[at] ?? 0);
    if (differing === 0) continue;
    for (let slot = 0; slot < 4; slot++) {
      if (((differing >> (slot * 2)) & 3) !== 0)
        changes.push([at * 4 + slot, (byte >> (slot * 2)) & 3]);
    }
  }
  return changes;
}

/** @throws InvalidCharacterError when it is no base64 */
export function bytesFromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
}
