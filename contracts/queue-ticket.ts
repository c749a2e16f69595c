import * as z from "zod";
import { decodeToken, encodeToken, hasValidSignature } from "./compact-token.ts";
import type { SigningKeys } from "./edge-signature.ts";

/** The signed form of a join number. It names its shard, and is useless to anybody but its user. */
export interface QueueTicket {
  readonly event: string;
  readonly generation: number;
  readonly shard: number;
  readonly number: number;
  readonly user: string;
}

export type QueueTicketCheck =
  | { readonly ok: true; readonly ticket: QueueTicket }
  | {
      readonly ok: false;
      readonly reason:
        | "malformed"
        | "unknown-key"
        | "wrong"
        | "expired"
        | "other-user"
        | "other-event";
    };

const kind = { typ: "queue-ticket+jwt", alg: "HS256" } as const;
/** Joining again gives the same place and a new ticket, so this need not outlast a long queue. */
export const queueTicketSeconds = 24 * 3600;

const Payload = z.object({
  evt: z.string(),
  gen: z.int(),
  shd: z.int(),
  num: z.int(),
  sub: z.string(),
  exp: z.int(),
});

/** Signs with the first key. @param nowSeconds Unix seconds */
export async function signQueueTicket(
  keys: SigningKeys,
  ticket: QueueTicket,
  nowSeconds: number,
): Promise<string> {
  const [first] = keys;
  if (!first) throw new TypeError("no key for queue tickets given");
  const payload: z.infer<typeof Payload> = {
    evt: ticket.event,
    gen: ticket.generation,
    shd: ticket.shard,
    num: ticket.number,
    sub: ticket.user,
    exp: nowSeconds + queueTicketSeconds,
  };
  return await encodeToken(kind, first[0], first[1], payload);
}

/**
 * Checks a ticket against who presents it and where. The generation is the shard's to judge.
 * @param expected the verified user of the request and the event of its path
 */
export async function checkQueueTicket(
  keys: SigningKeys,
  token: string,
  expected: { readonly user: string; readonly event: string },
  nowSeconds: number,
): Promise<QueueTicketCheck> {
  const decoded = decodeToken(kind, token);
  if (!decoded) return { ok: false, reason: "malformed" };
  const key = keys.get(decoded.keyId);
  if (!key) return { ok: false, reason: "unknown-key" };
  if (!(await hasValidSignature(kind, key, decoded))) return { ok: false, reason: "wrong" };
  const payload = Payload.safeParse(decoded.payload);
  if (!payload.success) return { ok: false, reason: "malformed" };
  const { evt: event, gen: generation, shd: shard, num: number, sub: user, exp } = payload.data;
  if (user !== expected.user) return { ok: false, reason: "other-user" };
  if (event !== expected.event) return { ok: false, reason: "other-event" };
  if (exp <= nowSeconds) return { ok: false, reason: "expired" };
  return { ok: true, ticket: { event, generation, shard, number, user } };
}
