import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { readWebhook } from "./read-webhook.ts";
import { openStripe } from "./stripe-provider.ts";

const stripe = openStripe({ secretKey: "sk_test_x" });
const secret = "whsec_of_the_test";
const bookingId = randomUUID();

function sign(payload: string, options: { secret?: string; timestamp?: number } = {}): string {
  return stripe.webhooks.generateTestHeaderString({ payload, secret, ...options });
}

function message(object: unknown): string {
  return JSON.stringify({ id: "evt_1", object: "event", type: "any.kind", data: { object } });
}

const payment = {
  object: "payment_intent",
  id: "pi_1",
  status: "succeeded",
  metadata: { frontrow_booking: bookingId },
};

test("of a message only the booking and the payment are taken", () => {
  const body = message(payment);
  expect(readWebhook(stripe, secret, body, sign(body))).toEqual({ bookingId, reference: "pi_1" });
});

test.each([
  { what: "a charge", object: { ...payment, object: "charge" } },
  { what: "a payment of another system", object: { ...payment, metadata: {} } },
  { what: "no booking's id", object: { ...payment, metadata: { frontrow_booking: "1" } } },
])("a message about $what is let go", ({ object }) => {
  const body = message(object);
  expect(readWebhook(stripe, secret, body, sign(body))).toBeUndefined();
});

test.each([
  { what: "another secret", header: (body: string) => sign(body, { secret: "whsec_x" }) },
  { what: "an old time", header: (body: string) => sign(body, { timestamp: 1_700_000_000 }) },
  { what: "another body", header: (body: string) => sign(`${body} `) },
  { what: "none", header: () => "" },
])("a message signed with $what is refused", ({ header }) => {
  const body = message(payment);
  expect(() => readWebhook(stripe, secret, body, header(body))).toThrow(
    expect.objectContaining({ code: "unauthenticated" }),
  );
});

test("what is signed but no JSON is malformed", () => {
  const body = "no JSON";
  expect(() => readWebhook(stripe, secret, body, sign(body))).toThrow(
    expect.objectContaining({ code: "malformed-json" }),
  );
});
