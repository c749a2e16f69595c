import { hash } from "node:crypto";

/**
 * The id of the booking that a user's idempotency key stands for: a repeated request meets its own locks, without
 * anybody asking Postgres. A UUID of version 8 (RFC 9562 §5.8), made of a SHA-256.
 */
export function bookingIdOf(userId: string, key: string): string {
  const bytes = hash("sha256", `${userId}\n${key}`, "buffer").subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString("hex");
  return [0, 8, 12, 16, 20].map((from, at, all) => hex.slice(from, all[at + 1])).join("-");
}
