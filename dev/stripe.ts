import { parseArgs } from "node:util";
import { startStripeServer } from "../origin/testing/stripe-server.ts";

/**
 * `node dev/stripe.ts --port N`: a server on loopback that speaks the few endpoints of Stripe's that are used, for
 * rehearsing payments without an account there. It forgets everything when it ends.
 */
const { values } = parseArgs({ options: { port: { type: "string", default: "0" } } });
const stripe = await startStripeServer({ port: Number(values.port) });
console.log(`Stripe, played, at ${stripe.url}`);
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => void stripe.stop().then(() => process.exit(0)));
}
