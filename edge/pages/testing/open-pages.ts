import { pageRoutes } from "../routes.ts";
import { eveningFacts, eveningTickets } from "./programme.ts";
import { openShop, type Shop } from "./shop.ts";

/** The session of a buyer, as the test shop knows it. */
export const alice = { Cookie: "__Host-session=of-alice" };
const sameSite = { Origin: "http://localhost", "Sec-Fetch-Site": "same-origin" };

/** The pages over a shop of one evening, which `change` may alter; forms are sent as browsers send them. */
export function openPages(change?: (shop: Shop) => void) {
  const shop = openShop(eveningFacts(), eveningTickets());
  change?.(shop);
  const app = pageRoutes(() => ({ requestId: "r", deps: shop.deps }));
  const get = (path: string, headers: Record<string, string> = {}) =>
    app.request(`http://localhost${path}`, { headers });
  const post = (
    path: string,
    fields: [string, string][] = [],
    headers: Record<string, string> = alice,
  ) =>
    app.request(`http://localhost${path}`, {
      method: "POST",
      headers: { ...sameSite, ...headers, "Content-Type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams(fields).toString(),
    });
  return { shop, get, post };
}
