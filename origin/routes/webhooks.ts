import { Hono } from "hono";
import type { AppEnv } from "../app-env.ts";
import type { BookingDeps } from "../bookings/booking-deps.ts";
import { DomainError } from "../errors.ts";
import type { Till } from "../payments/open-payments.ts";
import { settleAccount } from "../payments/settle-account.ts";

/**
 * What the payment provider sends, by way of the edge. A message only says where to look: the payment is read from
 * the provider, so messages may come twice, late or out of order.
 */
export function webhookRoutes(
  deps: BookingDeps & { readonly till?: Till | undefined },
): Hono<AppEnv> {
  return new Hono<AppEnv>().post("/webhooks/stripe", async (ctx) => {
    const { till } = deps;
    if (!till) throw new DomainError("not-found", "Payments are not taken by Stripe here.");
    const signature = ctx.req.header("Stripe-Signature") ?? "";
    const notice = till.readWebhook(await ctx.req.text(), signature);
    if (notice) {
      await settleAccount(deps, till.provider, { ...notice, requestId: ctx.get("requestId") });
    }
    return ctx.body(null, 204);
  });
}
