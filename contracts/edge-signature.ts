/**
 * Signed requests between edge and origin, in both directions: HMAC-SHA256 over everything that the receiver
 * acts on. Two keys may be live at once, so that they can be rotated without a gap.
 */

/** Headers that only the edge may set; it drops them from what clients send. */
export const edgeHeaders = {
  keyId: "x-edge-key",
  timestamp: "x-edge-timestamp",
  signature: "x-edge-signature",
  user: "x-edge-user",
  roles: "x-edge-roles",
  deadline: "x-edge-deadline",
  requestId: "x-request-id",
} as const;

/** How far the clocks of edge and origin may differ, in seconds. */
export const signatureSkewSecondsMax = 30;

export interface SignedParts {
  readonly method: string;
  /** Path with a leading slash, without the query. */
  readonly path: string;
  /** Query with its leading `?`, or the empty string. */
  readonly query: string;
  readonly timestampSeconds: number;
  readonly body: Uint8Array;
  /** `sub` of the verified user, or the empty string. */
  readonly user: string;
  /** Verified roles, comma-separated, or the empty string. */
  readonly roles: string;
  readonly requestId: string;
  /** Unix milliseconds after which nobody waits for the answer, or the empty string. */
  readonly deadline: string;
}

/** Live keys by id; the first one signs, all of them verify. */
export type SigningKeys = ReadonlyMap<string, CryptoKey>;

export type SignatureCheck =
  | { ok: true }
  | { ok: false; reason: "unknown-key" | "stale" | "wrong" };

const encoder = new TextEncoder();

/**
 * Imports keys from configuration.
 * @param json `{"k2": "<64 hex digits>", "k1": "…"}`; the first key signs
 * @throws TypeError when there is no key, or one is not 32 bytes of hex
 */
export async function importSigningKeys(json: string): Promise<SigningKeys> {
  const entries = Object.entries(JSON.parse(json) as Record<string, string>);
  if (entries.length === 0) throw new TypeError("no signing key given");
  return new Map(
    await Promise.all(
      entries.map(async ([id, hex]) => {
        if (!/^[0-9a-f]{64}$/i.test(hex))
          throw new TypeError(`signing key ${id}: not 32 bytes of hex`);
        const algorithm = { name: "HMAC", hash: "SHA-256" };
        // Extractable, so that a runtime with cryptography of its own can take it over.
        const key = await crypto.subtle.importKey("raw", fromHex(hex), algorithm, true, [
          "sign",
          "verify",
        ]);
        return [id, key] as const;
      }),
    ),
  );
}

/**
 * Signs with the first key.
 * @returns the id of the key and the signature in hex, for the two headers
 */
export async function signParts(
  keys: SigningKeys,
  parts: SignedParts,
): Promise<{ keyId: string; signature: string }> {
  const [first] = keys;
  if (!first) throw new TypeError("no signing key given");
  const [keyId, key] = first;
  const mac = await crypto.subtle.sign("HMAC", key, await canonicalBytes(parts));
  return { keyId, signature: toHex(new Uint8Array(mac)) };
}

/**
 * Checks a signature in constant time (WebCrypto's `verify`).
 * @param nowSeconds the receiver's clock, Unix seconds
 */
export async function checkSignature(
  keys: SigningKeys,
  keyId: string,
  signature: string,
  parts: SignedParts,
  nowSeconds: number,
): Promise<SignatureCheck> {
  const key = keys.get(keyId);
  if (!key) return { ok: false, reason: "unknown-key" };
  if (!(Math.abs(nowSeconds - parts.timestampSeconds) <= signatureSkewSecondsMax)) {
    return { ok: false, reason: "stale" };
  }
  if (!/^[0-9a-f]{64}$/.test(signature)) return { ok: false, reason: "wrong" };
  const ok = await crypto.subtle.verify(
    "HMAC",
    key,
    fromHex(signature),
    await canonicalBytes(parts),
  );
  return ok ? { ok } : { ok, reason: "wrong" };
}

async function canonicalBytes(parts: SignedParts): Promise<Uint8Array<ArrayBuffer>> {
  const bodyHash = await crypto.subtle.digest("SHA-256", new Uint8Array(parts.body));
  return encoder.encode(canonicalText(parts, toHex(new Uint8Array(bodyHash))));
}

/**
 * What is signed, as text: one field a line. No field but the last can hold a line break: they come from a request
 * line or headers. For a receiver with cryptography of its own; `signParts` and `checkSignature` use it, too.
 * @param bodyHash SHA-256 of the body in hex
 */
export function canonicalText(parts: Omit<SignedParts, "body">, bodyHash: string): string {
  return [
    parts.method.toUpperCase(),
    parts.path,
    parts.query,
    String(parts.timestampSeconds),
    bodyHash,
    parts.user,
    parts.roles,
    parts.requestId,
    parts.deadline,
  ].join("\n");
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function fromHex(hex: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
