import { expect, test } from "vitest";
import { alice, openPages } from "./testing/open-pages.ts";

/** A cookie that the issuer's token in it has outlived: `readSession` says that it is nobody. */
const over = { Cookie: "__Host-session=over" };

type Pages = ReturnType<typeof openPages>;

async function heldBy({ post }: Pages): Promise<string> {
  const fields: [string, string][] = [
    ["ticketIds", "3"],
    ["ticketIds", "4"],
  ];
  return (await post("/e/1/hold", fields)).headers.get("Location") ?? "";
}

/** @returns where the sign-in page that somebody is sent to leads on to */
async function nextOf({ get }: Pages, answer: Response, isAgain: boolean): Promise<string> {
  expect(answer.status).toBe(303);
  const to = new URL(answer.headers.get("Location") ?? "", "http://localhost");
  expect(to.pathname).toBe("/auth/sign-in");
  const page = await get(to.pathname + to.search);
  expect(page.headers.has("Refresh")).toBe(!isAgain);
  expect((await page.text()).includes("Nothing is lost")).toBe(isAgain);
  return to.searchParams.get("next") ?? "";
}

test.each([{}, over])(
  "who was signed out while holding seats is told so, and comes back to the same hold: %o",
  async (headers) => {
    const pages = openPages();
    const hold = await heldBy(pages);
    for (const verb of ["confirm", "extend", "release"]) {
      const next = await nextOf(pages, await pages.post(`${hold}/${verb}`, [], headers), true);
      expect(next).toBe(`${hold}?notice=signed-in`);
    }
    expect(await nextOf(pages, await pages.get(hold, headers), true)).toBe(
      `${hold}?notice=signed-in`,
    );
    const back = await (await pages.get(`${hold}?notice=signed-in`, alice)).text();
    expect(back).toContain("You are signed in again");
    expect(back).toContain("2 seats held until");
    expect(pages.shop.tickets.slice(2, 4).map(({ status }) => status)).toEqual(["held", "held"]);
  },
);

test("who comes back from paying without a session still comes back from paying afterwards", async () => {
  const pages = openPages();
  const hold = await heldBy(pages);
  const next = await nextOf(pages, await pages.get(`${hold}?notice=paid`, over), true);
  expect(next).toBe(`${hold}?notice=paid`);
});

test("a session that ends between the page and the API is asked for again", async () => {
  const pages = openPages((shop) => shop.fail.set("confirm", "unauthenticated"));
  const hold = await heldBy(pages);
  const next = await nextOf(pages, await pages.post(`${hold}/confirm`), true);
  expect(next).toBe(`${hold}?notice=signed-in`);
});

test("seats that were chosen on a map are still chosen after signing in, with or without a script", async () => {
  const pages = openPages();
  const fields: [string, string][] = [
    ["ticketIds", "3"],
    ["ticketIds", "4"],
  ];
  const next = await nextOf(pages, await pages.post("/e/1/hold", fields, over), false);
  expect(next).toBe("/e/1?notice=signed-in&ticketIds=3&ticketIds=4");
  const text = await (await pages.get(next, alice)).text();
  expect(text).toContain("2 seats chosen, €90");
  expect(text.match(/type="hidden" name="ticketIds" value="[34]"/g)).toHaveLength(2);
  expect(await (await pages.get("/e/1", alice)).text()).not.toContain("data-kept");
});

test("seats that somebody else took meanwhile are named, and the others kept", async () => {
  const { shop, get } = openPages();
  for (const ticket of shop.tickets) if (ticket.id === "3") ticket.status = "held";
  const text = await (
    await get("/e/1?notice=signed-in&ticketIds=3&ticketIds=4&ticketIds=x")
  ).text();
  expect(text).toContain("seat 3 has just been taken");
  expect(text.match(/type="hidden" name="ticketIds"/g)).toHaveLength(1);
});

test("who was let in by a waiting room and is signed out signs in, and need not wait anew", async () => {
  const pages = openPages((shop) => {
    shop.facts = { ...shop.facts, event: { ...shop.facts.event, admission: "queue" } };
  });
  const pass = { Cookie: "__Host-session=over; __Host-pass-1=9999999999999~pass.of.alice" };
  for (const path of ["/e/1/seats", "/e/1/s/101"]) {
    expect(await nextOf(pages, await pages.get(path, pass), true)).toBe(`${path}?notice=signed-in`);
  }
  expect((await pages.get("/e/1/seats", over)).headers.get("Location")).toBe("/wait/1");
});
