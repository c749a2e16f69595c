import { parseArgs } from "node:util";
import { startStripeServer } from "../origin/testing/stripe-server.ts";

/**
 * `node dev/stripe.ts --port N [--webhook URL --webhook-secret whsec_…]`: a server on loopback that speaks the few
 * endpoints of Stripe's that are used, with a page to pay at, for rehearsing payments without an account there. Whoever
 * pays there is followed by a signed message to `--webhook`. It forgets everything when it ends.
 */
const { values } = parseArgs({
  options: {
    port: { type: "string", default: "0" },
    webhook: { type: "string" },
    "webhook-secret": { type: "string" },
  },
});
const { webhook, "webhook-secret": webhookSecret } = values;
const stripe = await startStripeServer({ port: Number(values.port) });
if (webhook !== undefined && webhookSecret !== undefined) {
  stripe.tell({ url: webhook, webhookSecret });
}
console.log(`Stripe, played, at ${stripe.url}`);
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => void stripe.stop().then(() => process.exit(0)));
}
