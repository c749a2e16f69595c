/** Compact JWS (RFC 7515) with what is fixed per kind of token: its `typ` and its algorithm, never the sender's choice. */
export interface DecodedToken {
  readonly keyId: string;
  readonly payload: unknown;
  readonly signed: Uint8Array<ArrayBuffer>;
  readonly signature: Uint8Array<ArrayBuffer>;
}

interface TokenKind {
  readonly typ: string;
  readonly alg: "HS256" | "ES256";
}

/** Longer tokens are not ours, in characters. */
const lengthMax = 2048;
const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });

/** WebCrypto's parameters for an algorithm. */
export function algorithmOf(kind: TokenKind): { name: string; hash: string } {
  return { name: kind.alg === "HS256" ? "HMAC" : "ECDSA", hash: "SHA-256" };
}

export async function encodeToken(
  kind: TokenKind,
  keyId: string,
  key: CryptoKey,
  payload: object,
): Promise<string> {
  const header = { alg: kind.alg, typ: kind.typ, kid: keyId };
  const input = `${encodePart(header)}.${encodePart(payload)}`;
  const signature = await crypto.subtle.sign(algorithmOf(kind), key, encoder.encode(input));
  return `${input}.${toBase64Url(new Uint8Array(signature))}`;
}

/** @returns the token's parts, still to be verified, or null when it is not one of this kind */
export function decodeToken(kind: TokenKind, token: string): DecodedToken | null {
  const parts = token.split(".");
  const [header, payload, signature] = parts;
  if (parts.length !== 3 || token.length > lengthMax) return null;
  if (header === undefined || payload === undefined || signature === undefined) return null;
  try {
    const head = JSON.parse(decoder.decode(fromBase64Url(header))) as Record<
      string,
      unknown
    > | null;
    if (head?.["alg"] !== kind.alg || head["typ"] !== kind.typ) return null;
    if (typeof head["kid"] !== "string" || "crit" in head) return null;
    return {
      keyId: head["kid"],
      payload: JSON.parse(decoder.decode(fromBase64Url(payload))),
      signed: encoder.encode(`${header}.${payload}`),
      signature: fromBase64Url(signature),
    };
  } catch {
    return null; // not base64url, not UTF-8 or not JSON
  }
}

export async function hasValidSignature(
  kind: TokenKind,
  key: CryptoKey,
  token: DecodedToken,
): Promise<boolean> {
  return await crypto.subtle.verify(algorithmOf(kind), key, token.signature, token.signed);
}

function encodePart(part: object): string {
  return toBase64Url(encoder.encode(JSON.stringify(part)));
}

function toBase64Url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}

function fromBase64Url(text: string): Uint8Array<ArrayBuffer> {
  if (!/^[A-Za-z0-9_-]*$/.test(text)) throw new TypeError("not base64url");
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (char) =>
    char.charCodeAt(0),
  );
}
