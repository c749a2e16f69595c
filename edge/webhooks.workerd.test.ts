import { expect, test } from "vitest";
import { edgeHeaders } from "../contracts/edge-signature.ts";
import { ask } from "./testing/ask-edge.ts";
import { newId, origin } from "./testing/neighbours.ts";

const path = "/webhooks/stripe";
const signature = `t=1700000000,v1=${"ab".repeat(32)}`;

test("a message of the payment provider reaches the origin to the byte, with its signature, and signed by us", async () => {
  await origin.plays({ path, status: 204 });
  const body = `{ "id": "${newId()}",\n  "text": "dépôt" }`;
  const res = await ask(path, { method: "POST", body, headers: { "Stripe-Signature": signature } });
  expect(res.status).toBe(204);
  const sent = (await origin.received(path)).at(-1);
  expect(Buffer.from(sent?.bodyBase64 ?? "", "base64").toString()).toBe(body);
  expect(sent?.headers["stripe-signature"]).toBe(signature);
  expect(sent?.headers[edgeHeaders.signature]).toMatch(/\w/);
  expect(sent?.headers["authorization"]).toBeUndefined();
});

test.each(["", "t=1", "v1=abc", `t=x,v1=${"ab".repeat(32)}`])(
  "a message with the signature %j does not get past the edge",
  async (given) => {
    const before = (await origin.received(path)).length;
    const res = await ask(path, {
      method: "POST",
      body: "{}",
      headers: { "Stripe-Signature": given },
    });
    expect([res.status, await res.json()]).toMatchObject([401, { code: "unauthenticated" }]);
    expect(await origin.received(path)).toHaveLength(before);
  },
);

test("a message that is too large does not either", async () => {
  const body = "x".repeat(65 * 1024);
  const res = await ask(path, { method: "POST", body, headers: { "Stripe-Signature": signature } });
  expect(res.status).toBe(413);
});
