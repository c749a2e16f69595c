import { Hono } from "hono";
import type { AppEnv } from "../app-env.ts";
import type { Parts } from "../parts.ts";
import { EdgeProblem } from "../problem.ts";
import { forwardToOrigin } from "./forward.ts";

/** The form of `Stripe-Signature`; whether it is good is for the origin to say, which has the secret. */
const signatureForm = /^t=\d{1,12}(,v[01]=[0-9a-f]{64})+$/;

/**
 * The payment provider's messages go through to the origin as they came, to the byte. They are not counted by any rate
 * limit: all come from few addresses, and one that is refused comes again only hours later.
 */
export function webhookRoutes(parts: Parts): Hono<AppEnv> {
  return new Hono<AppEnv>().post("/webhooks/stripe", (ctx) => {
    if (!signatureForm.test(ctx.req.header("Stripe-Signature") ?? "")) {
      throw new EdgeProblem("unauthenticated", "Only the payment provider may say this.");
    }
    return forwardToOrigin(parts, ctx, "write");
  });
}
