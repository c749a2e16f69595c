import * as z from "zod";
import { decodeToken, encodeToken, hasValidSignature } from "./compact-token.ts";

/** Proof of admission: minutes long, for one user, event, generation and number. */
export interface AdmissionPass {
  readonly event: string;
  readonly generation: number;
  readonly number: number;
  readonly user: string;
  /** Unix seconds. */
  readonly expiresAt: number;
}

/** Live keys by id; of private ones the first signs. */
export type PassKeys = ReadonlyMap<string, CryptoKey>;

export type AdmissionPassCheck =
  | { readonly ok: true; readonly pass: AdmissionPass }
  | {
      readonly ok: false;
      readonly reason:
        | "malformed"
        | "unknown-key"
        | "wrong"
        | "expired"
        | "other-user"
        | "other-event"
        | "other-generation";
    };

const kind = { typ: "admission-pass+jwt", alg: "ES256" } as const;
const audience = ["edge", "origin"] as const;
/** No pass lives longer, whatever it says of itself, in seconds. */
export const admissionPassSecondsMax = 3600;
/** How far the clocks of signer and verifier may differ, in seconds. */
const skewSeconds = 30;

const Payload = z.object({
  aud: z.tuple([z.literal(audience[0]), z.literal(audience[1])]),
  evt: z.string(),
  gen: z.int(),
  num: z.int(),
  sub: z.string(),
  iat: z.int(),
  exp: z.int(),
});

const jwk = z.looseObject({ kty: z.literal("EC"), crv: z.literal("P-256") });
const Jwks = z.record(z.string(), jwk);

/**
 * Imports keys from configuration.
 * @param json `{"k2": <P-256 JWK>, "k1": …}`; the first key signs
 * @param part private keys sign; public ones only verify, and must not hold the private part
 * @throws TypeError when there is no key, or one is of the wrong kind
 */
export async function importPassKeys(json: string, part: "private" | "public"): Promise<PassKeys> {
  const parsed = Jwks.safeParse(JSON.parse(json));
  if (!parsed.success) throw new TypeError("admission pass keys: not P-256 JWKs by key id");
  const entries = Object.entries(parsed.data);
  if (entries.length === 0) throw new TypeError("no key for admission passes given");
  const algorithm = { name: "ECDSA", namedCurve: "P-256" };
  return new Map(
    await Promise.all(
      entries.map(async ([id, key]) => {
        if ((part === "private") !== "d" in key) {
          throw new TypeError(`admission pass key ${id}: not a ${part} key`);
        }
        const use = part === "private" ? "sign" : "verify";
        const { ext: _ext, key_ops: _ops, use: _use, ...bare } = key;
        return [id, await crypto.subtle.importKey("jwk", bare, algorithm, false, [use])] as const;
      }),
    ),
  );
}

/** @returns the public halves of private keys, in the form that `importPassKeys` takes */
export function publicHalves(json: string): string {
  const keys = Jwks.parse(JSON.parse(json));
  const halves = Object.entries(keys).map(([id, { d: _d, ...half }]) => [id, half]);
  return JSON.stringify(Object.fromEntries(halves));
}

/** Signs with the first key. @param nowSeconds Unix seconds */
export async function signAdmissionPass(
  keys: PassKeys,
  pass: AdmissionPass,
  nowSeconds: number,
): Promise<string> {
  const [first] = keys;
  if (!first) throw new TypeError("no key for admission passes given");
  const payload: z.infer<typeof Payload> = {
    aud: [...audience],
    evt: pass.event,
    gen: pass.generation,
    num: pass.number,
    sub: pass.user,
    iat: nowSeconds,
    exp: Math.min(pass.expiresAt, nowSeconds + admissionPassSecondsMax),
  };
  return await encodeToken(kind, first[0], first[1], payload);
}

/**
 * Checks a pass without asking anybody.
 * @param keys public halves
 * @param expected who presents it for what; the generation is that of the event's queue now
 */
export async function checkAdmissionPass(
  keys: PassKeys,
  token: string,
  expected: {
    /** `undefined` where nobody is named: the edge has checked the user, and everybody sees the same. */
    readonly user: string | undefined;
    readonly event: string;
    readonly generation: number;
  },
  nowSeconds: number,
): Promise<AdmissionPassCheck> {
  const decoded = decodeToken(kind, token);
  if (!decoded) return { ok: false, reason: "malformed" };
  const key = keys.get(decoded.keyId);
  if (!key) return { ok: false, reason: "unknown-key" };
  if (!(await hasValidSignature(kind, key, decoded))) return { ok: false, reason: "wrong" };
  const payload = Payload.safeParse(decoded.payload);
  if (!payload.success) return { ok: false, reason: "malformed" };
  const { evt: event, gen: generation, num: number, sub: user, iat, exp } = payload.data;
  if (exp <= nowSeconds || exp - iat > admissionPassSecondsMax || iat > nowSeconds + skewSeconds) {
    return { ok: false, reason: "expired" };
  }
  if (expected.user !== undefined && user !== expected.user)
    return { ok: false, reason: "other-user" };
  if (event !== expected.event) return { ok: false, reason: "other-event" };
  if (generation !== expected.generation) return { ok: false, reason: "other-generation" };
  return { ok: true, pass: { event, generation, number, user, expiresAt: exp } };
}
