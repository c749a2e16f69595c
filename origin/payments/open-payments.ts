import type { Db } from "../../db/client.ts";
import type { PaymentsConfig } from "../config.ts";
import { accountedPayments } from "./accounted-payments.ts";
import { instantPayments } from "./instant-payments.ts";
import type { Payments } from "./payments.ts";
import type { PaymentProvider } from "./provider.ts";
import { readWebhook, type PaymentNotice } from "./stripe/read-webhook.ts";
import { openStripe, stripeProvider } from "./stripe/stripe-provider.ts";

/** A provider outside, and how to read what it sends. */
export interface Till {
  readonly provider: PaymentProvider;
  /** @throws DomainError when the provider did not sign it */
  readWebhook(body: string, signature: string): PaymentNotice | undefined;
}

/** Who takes the money; without a till everything counts as paid at once. */
export interface OpenPayments {
  readonly payments: Payments;
  readonly till?: Till;
}

/** Puts together what was configured. */
export function openPayments(db: Db, config: PaymentsConfig): OpenPayments {
  switch (config.adapter) {
    case "instant":
      return { payments: instantPayments };
    case "stripe": {
      const stripe = openStripe(config);
      const provider = stripeProvider(stripe);
      const till: Till = {
        provider,
        readWebhook: (body, signature) =>
          readWebhook(stripe, config.webhookSecret, body, signature),
      };
      return { payments: accountedPayments(db, provider), till };
    }
    default:
      return config satisfies never;
  }
}
