import { randomUUID } from "node:crypto";
import { Stripe } from "stripe";
import { toPageObject, type Page } from "./stripe-books.ts";

/** Where messages go, and what they are signed with. */
export interface MessageTarget {
  readonly url: string;
  readonly webhookSecret: string;
}

/**
 * Tells of a page where somebody paid, signed by the library. As at Stripe the buyer is sent back after the answer,
 * whatever it is: a message that was not taken is the receiver's to make good.
 */
export async function sendMessage(target: MessageTarget | undefined, page: Page): Promise<void> {
  if (!target) return;
  const payload = messageAbout(page);
  const signature = new Stripe("sk_test_x").webhooks.generateTestHeaderString({
    payload,
    secret: target.webhookSecret,
  });
  await fetch(target.url, {
    method: "POST",
    body: payload,
    headers: { "Content-Type": "application/json", "Stripe-Signature": signature },
  }).catch(() => undefined);
}

/** The body of such a message. */
export function messageAbout(page: Page): string {
  // In a message the payment is only named.
  const object = { ...toPageObject(page, ""), payment_intent: page.intent?.id ?? null };
  return JSON.stringify({
    id: `evt_${randomUUID()}`,
    object: "event",
    type: page.status === "expired" ? "checkout.session.expired" : "checkout.session.completed",
    data: { object },
  });
}
