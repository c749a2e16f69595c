import * as z from "zod";
import { fromBase45, toBase45 } from "./base45.ts";
import { EventId, TicketId } from "./ids.ts";

/**
 * The code of an e-ticket: `FR1:` and, in base45, key id (1 byte), event (8), ticket (8), issue counter (4) and an
 * Ed25519 signature (64) over all that comes before it, the prefix included. It names nobody. 132 characters make a
 * QR code of 41 modules at level M.
 */
const prefix = "FR1:";
const claimBytes = 21;
const signatureBytes = 64;

export const TicketClaim = z.object({
  keyId: z.int().min(0).max(255),
  eventId: EventId,
  ticketId: TicketId,
  /** Raised by each reissue: older codes are void then. */
  issue: z.int().min(0).max(0xffff_ffff),
});
export type TicketClaim = z.infer<typeof TicketClaim>;

/** The lowest issue that still counts, of tickets that were reissued: short, so that a scanner can carry it. */
export const RevokedIssues = z.record(TicketId, z.int().min(0)).meta({ id: "RevokedIssues" });
export type RevokedIssues = z.infer<typeof RevokedIssues>;

/** What a scanner at the door of an event carries: enough to verify tickets without asking anybody. */
export const TicketDoor = z
  .object({
    eventId: EventId,
    keys: z.record(z.string(), z.string()).describe("key id to Ed25519 public key, base64url"),
    revoked: RevokedIssues,
  })
  .meta({ id: "TicketDoor" });
export type TicketDoor = z.infer<typeof TicketDoor>;

/** The codes of a booking's tickets, in the booking's order. */
export const TicketCodes = z
  .object({ codes: z.array(z.object({ ticketId: TicketId, code: z.string() })) })
  .meta({ id: "TicketCodes" });
export type TicketCodes = z.infer<typeof TicketCodes>;

export type TicketVerdict =
  | { readonly status: "valid"; readonly claim: TicketClaim }
  | { readonly status: "reissued"; readonly claim: TicketClaim }
  | { readonly status: "other-event"; readonly claim: TicketClaim }
  | { readonly status: "forged" | "unknown-key" | "malformed" };

/**
 * Signs a ticket.
 * @param key Ed25519 private key of `claim.keyId`
 */
export async function signTicket(key: CryptoKey, claim: TicketClaim): Promise<string> {
  const bytes = writeClaim(claim);
  const signature = await crypto.subtle.sign("Ed25519", key, signed(bytes));
  return prefix + toBase45(Uint8Array.from([...bytes, ...new Uint8Array(signature)]));
}

/**
 * Verifies a code without asking anybody: what a scanner at the door does.
 * @param code as the QR code says it; a scanner's line break at the end is no harm
 * @param door public keys by key id, the event that is entered here (any, if left out) and what was reissued
 */
export async function verifyTicket(
  code: string,
  door: {
    readonly keys: ReadonlyMap<number, CryptoKey>;
    readonly eventId?: string | undefined;
    readonly revoked?: RevokedIssues | undefined;
  },
): Promise<TicketVerdict> {
  const text = code.replace(/[\r\n]+$/, "");
  const bytes = text.startsWith(prefix) ? fromBase45(text.slice(prefix.length)) : undefined;
  if (bytes?.length !== claimBytes + signatureBytes) return { status: "malformed" };
  const body = bytes.slice(0, claimBytes);
  const claim = readClaim(body);
  if (!claim) return { status: "malformed" };
  const key = door.keys.get(claim.keyId);
  if (!key) return { status: "unknown-key" };
  const genuine = await crypto.subtle.verify("Ed25519", key, bytes.slice(claimBytes), signed(body));
  if (!genuine) return { status: "forged" };
  if (door.eventId !== undefined && claim.eventId !== door.eventId) {
    return { status: "other-event", claim };
  }
  const least = door.revoked?.[claim.ticketId] ?? 0;
  return { status: claim.issue < least ? "reissued" : "valid", claim };
}

function signed(claim: Uint8Array): Uint8Array<ArrayBuffer> {
  return Uint8Array.from([...new TextEncoder().encode(prefix), ...claim]);
}

function writeClaim({ keyId, eventId, ticketId, issue }: TicketClaim): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(claimBytes);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, keyId);
  view.setBigUint64(1, BigInt(eventId));
  view.setBigUint64(9, BigInt(ticketId));
  view.setUint32(17, issue);
  return bytes;
}

function readClaim(bytes: Uint8Array<ArrayBuffer>): TicketClaim | undefined {
  const view = new DataView(bytes.buffer);
  const parsed = TicketClaim.safeParse({
    keyId: view.getUint8(0),
    eventId: String(view.getBigUint64(1)),
    ticketId: String(view.getBigUint64(9)),
    issue: view.getUint32(17),
  });
  return parsed.success ? parsed.data : undefined;
}
