import { expect, test } from "vitest";
import { openPages } from "./testing/open-pages.ts";

/** Links that look like buttons, by what they say. */
function buttons(text: string): Record<string, string> {
  const found = text.matchAll(/<a class="button[^"]*" href="([^"]*)">([^<]*)/g);
  return Object.fromEntries([...found].map(([, href = "", label = ""]) => [label, href]));
}

test.each([
  ["confirm", "payment-declined"],
  ["extend", "service-unavailable"],
  ["release", "service-unavailable"],
] as const)("when %s does not work (%s) the seats are one tap away", async (verb, code) => {
  const { shop, post } = openPages();
  const hold = (await post("/de/e/1/hold", [["quantity", "2"]])).headers.get("Location") ?? "";
  shop.fail.set(verb, code);
  const answer = await post(`${hold}/${verb}`);
  expect(answer.status).toBeGreaterThanOrEqual(400);
  expect(buttons(await answer.text())).toEqual({
    "Zurück zu deinen Plätzen": hold,
    "Zu den Veranstaltungen": "/de",
  });
});

test("a hold that is refused leads back to the event, a queue that cannot be joined to the room", async () => {
  const { shop, post } = openPages();
  shop.fail.set("placeHold", "limit-exceeded").set("joinQueue", "service-unavailable");
  const refused = await post("/e/1/hold", [["quantity", "2"]]);
  expect(buttons(await refused.text())["Choose other seats"]).toBe("/e/1");
  const full = await post("/wait/1/join");
  expect(buttons(await full.text())["Go to the waiting room"]).toBe("/wait/1");
});

test.each([
  ["/?keyword=quinta&page=2", "search", "service-unavailable", "/?keyword=quinta&amp;page=2"],
  ["/es/e/1", "loadEvent", "rate-limited", "/es/e/1"],
  ["/e/1", "loadEvent", "internal-error", "/e/1"],
  ["/e/1", "loadEvent", "forbidden", undefined],
] as const)("%s that meets %s: %s offers to try %s again", async (path, verb, code, again) => {
  const { get } = openPages((shop) => shop.fail.set(verb, code));
  const offered = buttons(await (await get(path)).text());
  expect(offered["Try again"] ?? offered["Intentar de nuevo"]).toBe(again);
});
