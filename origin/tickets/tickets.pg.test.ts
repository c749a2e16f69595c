import { generateKeyPairSync } from "node:crypto";
import { expect, test } from "vitest";
import { RevokedIssues, TicketCodes, verifyTicket } from "../../contracts/e-ticket.ts";
import {
  bookingIn,
  createBookingClient,
  newUser,
  problemIn,
} from "../bookings/testing/booking-client.ts";
import { createTestOrigin } from "../testing/test-origin.ts";
import { importTicketKey } from "./ticket-key.ts";

const jwk = generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" });
const ticketKey = await importTicketKey(JSON.stringify({ keyId: 3, jwk }));
const origin = await createTestOrigin(() => ({ ticketKey }));
const client = createBookingClient(origin);

async function buy(ticketIds: readonly string[], eventId: bigint, user = newUser()) {
  const held = bookingIn(await client.place(user, eventId, { ticketIds }));
  return { user, booking: bookingIn(await client.confirm(user, held.id), 200) };
}

async function codesOf(user: string, bookingId: string): Promise<string[]> {
  const answer = await client.call(`/bookings/${bookingId}/codes`, { user });
  expect(answer.status).toBe(200);
  return TicketCodes.parse(answer.body).codes.map(({ code }) => code);
}

/** The door of an event as a scanner has it, asked for once. */
async function doorOf(eventId: bigint) {
  const door = (await (await origin.asAdmin(`/admin/events/${eventId}/door`)).json()) as {
    eventId: string;
    keys: Record<string, string>;
    revoked: unknown;
  };
  const bytes = Buffer.from(door.keys["3"] ?? "", "base64url");
  const key = await crypto.subtle.importKey("raw", bytes, "Ed25519", false, ["verify"]);
  const revoked = RevokedIssues.parse(door.revoked);
  const verdict = async (code = "") =>
    (await verifyTicket(code, { keys: new Map([[3, key]]), eventId: door.eventId, revoked }))
      .status;
  return { verdict, revoked };
}

const reissue = (bookingId: string) =>
  origin.asAdmin(`/admin/bookings/${bookingId}/reissue`, { method: "POST" });

test("a bought ticket's code opens the door of its event, and of no other", async () => {
  const event = await client.makeEvent();
  const { user, booking } = await buy(event.ids.slice(0, 2), event.id);
  const codes = await codesOf(user, booking.id);
  expect(codes).toHaveLength(2);
  const { verdict } = await doorOf(event.id);
  for (const code of codes) expect(await verdict(code)).toBe("valid");
  const other = await doorOf((await client.makeEvent()).id);
  expect(await other.verdict(codes[0])).toBe("other-event");
});

test("a reissue voids what was printed, gives new codes, and is in the audit log", async () => {
  const event = await client.makeEvent();
  const { user, booking } = await buy(event.ids.slice(0, 2), event.id);
  const before = await codesOf(user, booking.id);
  expect((await reissue(booking.id)).status).toBe(200);
  expect((await reissue(booking.id)).status).toBe(200);
  const after = await codesOf(user, booking.id);
  const { verdict, revoked } = await doorOf(event.id);
  expect(Object.values(revoked)).toEqual([2, 2]);
  for (const code of before) expect(await verdict(code)).toBe("reissued");
  for (const code of after) expect(await verdict(code)).toBe("valid");
  const { rows } = await origin.database.pool.query(
    "SELECT actor FROM audit_log WHERE action = 'booking.reissue' AND entity_id = $1",
    [booking.id],
  );
  expect(rows).toEqual([{ actor: "ada" }, { actor: "ada" }]);
});

test("what the first buyer printed does not open the door once the seat is sold again", async () => {
  const event = await client.makeEvent();
  const wanted = event.ids.slice(0, 1);
  const first = await buy(wanted, event.id);
  const [printed] = await codesOf(first.user, first.booking.id);
  await client.end(first.user, first.booking.id);
  const second = await buy(wanted, event.id);
  const [valid] = await codesOf(second.user, second.booking.id);
  const { verdict } = await doorOf(event.id);
  expect(await verdict(printed)).toBe("reissued");
  expect(await verdict(valid)).toBe("valid");
});

test("only the owner of a confirmed booking gets codes, and only administrators reissue", async () => {
  const event = await client.makeEvent();
  const { user, booking } = await buy(event.ids.slice(0, 1), event.id);
  const codes = (who: string, id: string) => client.call(`/bookings/${id}/codes`, { user: who });
  expect(problemIn(await codes(newUser(), booking.id)).code).toBe("not-found");
  const held = bookingIn(await client.place(user, event.id, { ticketIds: [event.ids[1]] }));
  expect(problemIn(await codes(user, held.id)).code).toBe("booking-not-changeable");
  const path = `/admin/bookings/${booking.id}/reissue`;
  const answer = await client.call(path, { method: "POST", user });
  expect(problemIn(answer).code).toBe("forbidden");
});
