import { expect, test } from "vitest";
import { alice, openPages } from "./testing/open-pages.ts";

test("who has to pay first gets a link to where, and comes back to the hold", async () => {
  const { shop, get, post } = openPages((it) => (it.payAt = "https://checkout.example/c/pay/1"));
  const hold = (await post("/e/1/hold", [["quantity", "2"]])).headers.get("Location") ?? "";
  const pay = await post(`${hold}/confirm`);
  expect(pay.status).toBe(200);
  expect(pay.headers.get("Content-Security-Policy")).toContain("form-action 'self'");
  const text = await pay.text();
  expect(text).toContain('href="https://checkout.example/c/pay/1"');
  expect(text).toContain("You pay at checkout.example");
  expect(text).toMatch(/Pay €\d/);
  expect(shop.calls).toContain(`return to https://tickets.example${hold}?notice=paid`);

  expect(await (await get(`${hold}?notice=paid`, alice)).text()).toContain("If you have paid");
  shop.now += 3_600_000;
  const late = await (await get(`${hold}?notice=paid`, alice)).text();
  expect(late).toContain("else your money back");
  expect(late).toContain(`action="${hold}/confirm"`);
  shop.payAt = undefined;
  const bought = await post(`${hold}/confirm`);
  expect(bought.headers.get("Location")).toBe(`${hold.replace("hold", "tickets")}?notice=bought`);
});

test("of a booking whose event was called off people read that, and what becomes of their money", async () => {
  const { shop, get, post } = openPages();
  const hold = (await post("/e/1/hold", [["quantity", "1"]])).headers.get("Location") ?? "";
  await post(`${hold}/confirm`);
  const id = hold.replace("/hold/", "");
  const booking = shop.bookings.get(id);
  if (!booking) throw new Error("there is no booking");
  shop.facts = { ...shop.facts, event: { ...shop.facts.event, status: "cancelled" } };
  for (const [refund, words] of [
    ["under-way", "Your money is on its way back"],
    ["done", "Paid back"],
  ] as const) {
    for (const [key, it] of shop.bookings) {
      if (it.id === id) shop.bookings.set(key, { ...it, status: "cancelled", refund });
    }
    const text = await (await get("/tickets", alice)).text();
    expect(text).toContain("This event is cancelled.");
    expect(text).toContain(words);
  }
});

test("a hold on a called-off event offers nothing to confirm or to hold, and says what becomes of the money", async () => {
  const { shop, get, post } = openPages();
  const hold = (await post("/e/1/hold", [["quantity", "1"]])).headers.get("Location") ?? "";
  const page = async (notice = "") => (await get(`${hold}${notice}`, alice)).text();
  expect(await page()).toContain(`action="${hold}/confirm"`);
  shop.facts = { ...shop.facts, event: { ...shop.facts.event, status: "cancelled" } };
  const soon = shop.now;
  for (const [now, notice] of [
    [soon, ""],
    [soon + 3_600_000, ""],
    [soon + 3_600_000, "?notice=paid"],
  ] as const) {
    shop.now = now;
    const text = await page(notice);
    expect(text).toContain("This event is cancelled.");
    expect(text).toContain("No money is taken");
    expect(text).not.toMatch(/action="[^"]*\/(confirm|extend|hold)"/);
  }
  shop.now = soon;
  expect(await (await get("/tickets", alice)).text()).not.toContain(`href="${hold}"`);
});
