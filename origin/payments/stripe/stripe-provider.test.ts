import { randomUUID } from "node:crypto";
import { afterAll, expect, test } from "vitest";
import { methods } from "../../testing/stripe-books.ts";
import { startStripeServer } from "../../testing/stripe-server.ts";
import { FailedAttempt } from "../provider.ts";
import { openStripe, stripeProvider } from "./stripe-provider.ts";

const server = await startStripeServer();
afterAll(() => server.stop());
const provider = stripeProvider(openStripe({ secretKey: "sk_test_x", apiUrl: server.url }));
const total = { amount: 4_200, currency: "EUR" };

function request(method?: string) {
  return { bookingId: randomUUID(), attempt: 1, total, method };
}

async function authorised() {
  const answer = await provider.authorise(request(methods.good));
  if (answer.status !== "authorised") throw new Error(`it is ${answer.status}`);
  return answer.reference;
}

test("the same attempt is the same payment, another attempt is another one", async () => {
  const first = request(methods.good);
  const answer = await provider.authorise(first);
  expect(answer.status).toBe("authorised");
  expect(await provider.authorise(first)).toEqual(answer);
  expect(await provider.authorise({ ...first, attempt: 2 })).not.toEqual(answer);
  expect(server.books.of(first.bookingId)).toHaveLength(2);
});

test("without a method the buyer gets what it takes to pay", async () => {
  expect(await provider.authorise(request())).toMatchObject({
    status: "pending",
    way: { clientSecret: expect.stringContaining("_secret_") },
  });
});

test("a card that is declined says why in words, and its payment can never be paid", async () => {
  const declined = request(methods.declined);
  expect(await provider.authorise(declined)).toEqual({
    status: "declined",
    reason: "insufficient funds",
  });
  expect(server.books.of(declined.bookingId)).toMatchObject([{ status: "canceled" }]);
});

test("money is taken once, however often it is asked for", async () => {
  const reference = await authorised();
  expect(await provider.capture(reference)).toEqual({ status: "captured" });
  expect(await provider.capture(reference)).toEqual({ status: "captured" });
  expect(server.books.intents.get(reference)?.captured).toBe(total.amount);
});

test("money that was given up cannot be taken", async () => {
  const reference = await authorised();
  expect(await provider.void(reference)).toBe("voided");
  expect(await provider.void(reference)).toBe("voided");
  expect(await provider.look(reference)).toBe("gone");
  expect(await provider.capture(reference)).toMatchObject({ status: "declined" });
});

test("money that was taken is paid back once", async () => {
  const reference = await authorised();
  await provider.capture(reference);
  expect(await provider.void(reference)).toBe("refunded");
  expect(await provider.void(reference)).toBe("refunded");
  expect(server.books.intents.get(reference)?.refunded).toBe(total.amount);
});

test("an answer that was lost is found by asking again", async () => {
  const lost = request(methods.good);
  server.fail({ at: "POST /v1/payment_intents", kind: "reply-lost" });
  await expect(provider.authorise(lost)).rejects.toMatchObject({ code: "service-unavailable" });
  expect(await provider.authorise(lost)).toMatchObject({ status: "authorised" });
  expect(server.books.of(lost.bookingId)).toHaveLength(1);
});

test("a failure that Stripe keeps under the key ends the attempt", async () => {
  const broken = request(methods.good);
  server.fail({ at: "POST /v1/payment_intents", kind: "broken" });
  await expect(provider.authorise(broken)).rejects.toBeInstanceOf(FailedAttempt);
  await expect(provider.authorise(broken)).rejects.toBeInstanceOf(FailedAttempt);
  expect((await provider.authorise({ ...broken, attempt: 2 })).status).toBe("authorised");
});

test("a Stripe that is gone is a 503 that quotes nothing", async () => {
  const gone = stripeProvider(openStripe({ secretKey: "sk_test_x", apiUrl: "http://127.0.0.1:9" }));
  const failure = await gone.authorise(request("pm_of_somebody")).catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: "service-unavailable", retryAfterSeconds: 2 });
  expect(String((failure as Error).cause)).not.toContain("pm_of_somebody");
});
