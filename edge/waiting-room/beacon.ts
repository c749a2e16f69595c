import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";
import * as z from "zod";
import type { QueueBeacon } from "../../contracts/queue.ts";
import { quicknet, roundAt } from "./core/beacon-round.ts";
import type { RoomEnv } from "./room-env.ts";

const Round = z.object({
  round: z.int(),
  randomness: z.string().regex(/^[0-9a-f]{64}$/),
  signature: z.string().regex(/^(?:[0-9a-f]{2})+$/),
});

/** Longer than this for one answer, and the next alarm asks again, in milliseconds. */
const timeoutMs = 2000;

/** @returns the round that falls on an opening, or null when no beacon is configured */
export function beaconFor(env: Pick<RoomEnv, "BEACON_URL">, opensAt: number): QueueBeacon | null {
  if (!env.BEACON_URL) return null;
  return { source: env.BEACON_URL, round: roundAt(quicknet, opensAt), randomness: null };
}

/**
 * Fetches the beacon's round. Its randomness is the hash of the network's signature, which is checked here; that the
 * signature is the network's, anybody can check who looks the round up.
 * @returns the randomness in hex, or null while it cannot be had
 */
export async function fetchRandomness(beacon: QueueBeacon): Promise<string | null> {
  try {
    const url = `${beacon.source}/public/${beacon.round}`;
    const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
    if (!response.ok) return null;
    const answer = Round.safeParse(await response.json());
    if (!answer.success || answer.data.round !== beacon.round) return null;
    const { randomness, signature } = answer.data;
    return bytesToHex(sha256(hexToBytes(signature))) === randomness ? randomness : null;
  } catch {
    return null; // not out yet, or out of reach: the room waits a minute for it, then goes without
  }
}
