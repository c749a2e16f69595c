import * as z from "zod";
import type { Signs } from "./core/suspicion.ts";

export interface TurnstileSettings {
  /** Absent: there is no challenge. */
  readonly TURNSTILE_SECRET_KEY?: string | undefined;
  readonly TURNSTILE_URL: string;
}

const Verdict = z.object({ success: z.boolean(), "error-codes": z.array(z.string()).default([]) });
/** Our own mistakes, not the visitor's: see the list of codes of `siteverify`. */
const ourFaults = new Set([
  "missing-input-secret",
  "invalid-input-secret",
  "bad-request",
  "internal-error",
]);
const tokenLengthMax = 2048;
/** Nobody waits longer to get a place, in milliseconds. */
const timeoutMs = 2000;

/**
 * Asks Turnstile about the answer to its challenge. Asked again about the same answer, it says the same, so that a join
 * may be retried.
 * @param token as it came; `undefined` when none did
 * @param address of the visitor
 */
export async function checkChallenge(
  settings: TurnstileSettings,
  token: string | undefined,
  address: string | undefined,
): Promise<Signs["challenge"]> {
  const secret = settings.TURNSTILE_SECRET_KEY;
  if (secret === undefined) return "off";
  if (token === undefined || token === "" || token.length > tokenLengthMax) return "failed";
  try {
    const response = await fetch(settings.TURNSTILE_URL, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({
        secret,
        response: token,
        idempotency_key: await idOf(token),
        ...(address !== undefined && { remoteip: address }),
      }),
      signal: AbortSignal.timeout(timeoutMs),
    });
    const verdict = Verdict.safeParse(await response.json());
    if (!verdict.success) return "unknown";
    if (verdict.data.success) return "passed";
    return verdict.data["error-codes"].some((code) => ourFaults.has(code)) ? "unknown" : "failed";
  } catch {
    return "unknown"; // out of reach, or too slow
  }
}

/** @returns a UUID that is the same for the same token */
async function idOf(token: string): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(token));
  const hex = Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, "0"));
  const digits = hex.join("");
  const parts = [digits.slice(0, 8), digits.slice(8, 12), `4${digits.slice(13, 16)}`];
  return [...parts, `8${digits.slice(17, 20)}`, digits.slice(20, 32)].join("-");
}
