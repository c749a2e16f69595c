import type { AvailabilityCounts, TicketStatus } from "./events.ts";

/** The two bits of each status: their order is part of the contract. */
const statusOfBits = ["available", "held", "booked", "blocked"] as const;
const bitsOfStatus: Record<TicketStatus, number> = { available: 0, held: 1, booked: 2, blocked: 3 };

/**
 * Packs statuses, in ticket order, four to a byte; the first ticket sits in the lowest two bits.
 * @param statuses one status per ticket
 * @returns base64 of ceil(n / 4) bytes: 15 kB for 60,000 seats
 */
export function packStatuses(statuses: readonly TicketStatus[]): string {
  const bytes = new Uint8Array(Math.ceil(statuses.length / 4));
  for (const [index, status] of statuses.entries()) {
    const at = index >> 2;
    bytes[at] = (bytes[at] ?? 0) | (bitsOfStatus[status] << ((index & 3) * 2));
  }
  return bytesToBase64(bytes);
}

/**
 * The inverse of {@link packStatuses}.
 * @param packed base64 as `packStatuses` gives it
 * @param count number of tickets, since the last byte may be padded
 * @throws RangeError when `packed` is too short for `count`
 */
export function unpackStatuses(packed: string, count: number): TicketStatus[] {
  const bytes = Uint8Array.from(atob(packed), (char) => char.charCodeAt(0));
  if (bytes.length * 4 < count) throw new RangeError("fewer statuses than tickets");
  return Array.from({ length: count }, (_, index) => {
    const bits = ((bytes[index >> 2] ?? 0) >> ((index & 3) * 2)) & 3;
    return statusOfBits[bits] ?? "blocked";
  });
}

/** Counts each status; every status is present, at 0 if unused. */
export function countStatuses(statuses: readonly TicketStatus[]): AvailabilityCounts {
  const counts: AvailabilityCounts = { available: 0, held: 0, booked: 0, blocked: 0 };
  for (const status of statuses) counts[status]++;
  return counts;
}

function bytesToBase64(bytes: Uint8Array): string {
  let binary = "";
  // String.fromCharCode takes its arguments on the stack: stay far below engine limits.
  for (let at = 0; at < bytes.length; at += 8192) {
    binary += String.fromCharCode(...bytes.subarray(at, at + 8192));
  }
  return btoa(binary);
}
