import { afterAll, expect, inject, test } from "vitest";
import { openDatabase, type Database } from "../../db/client.ts";
import { databaseUrl } from "../../db/testing/database.ts";
import { startWsRelay, useWsRelay } from "../../db/testing/ws-relay.ts";
import { createApp } from "../app.ts";
import { signRequest, type EdgeRequest } from "../testing/sign-request.ts";
import { createTestOrigin } from "../testing/test-origin.ts";
import { bookingIn, createBookingClient, newUser } from "./testing/booking-client.ts";

const relay = await startWsRelay(inject("databaseUrl"));
useWsRelay(relay);
const origin = await createTestOrigin();
const neon: Database = openDatabase({
  url: databaseUrl(inject("databaseUrl"), new URL(origin.databaseUrl).pathname.slice(1)),
  driver: "neon",
});
afterAll(async () => {
  await neon.close();
  await relay.close();
});

const app = createApp({ ...origin.deps, db: neon.db });
const { signingKeys } = origin.deps;
const client = createBookingClient({
  ...origin,
  ask: async (path: string, request: EdgeRequest = {}) =>
    app.fetch(await signRequest({ signingKeys, issuer: origin.issuer }, path, request)),
});

test("through the Neon driver a hold is placed, refused to others, confirmed and listed", async () => {
  const event = await client.makeEvent();
  const user = newUser();
  const held = bookingIn(await client.place(user, event.id, { ticketIds: event.ids.slice(0, 2) }));
  const other = await client.place(newUser(), event.id, { ticketIds: [event.ids[1]] });
  expect(other.status).toBe(409);
  const confirmed = bookingIn(await client.confirm(user, held.id), 200);
  expect(confirmed.status).toBe("confirmed");
  expect((await client.list(user)).body).toMatchObject({ total: 1, bookings: [{ id: held.id }] });
});
