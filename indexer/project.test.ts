import { expect, test } from "vitest";
import { type EventRow, initials, project } from "./project.ts";

const row: EventRow = {
  id: "42",
  name: "Beyonce\u0301 live",
  description: "",
  category: "Music",
  status: "published",
  starts_at: 2_000,
  ends_at: 3_000,
  on_sale_at: 1_000,
  queue_enabled: true,
  popularity: 7,
  version: 3,
  venue_id: "7",
  venue_name: "Madison Square Garden",
  venue_alternate_names: ["The Garden"],
  city: "New York",
  country: "US",
  time_zone: "America/New_York",
  performers: [
    ["1", "Queens of the Stone Age", []],
    ["2", "Them", ["They"]],
    ["1", "Queens of the Stone Age", []],
  ],
  seats: [
    { currency: "USD", tickets: 100, available: 5, sellable: 90, min_price: 10, max_price: 90 },
    { currency: "EUR", tickets: 2, available: 1, sellable: 2, min_price: 1, max_price: 1 },
  ],
};

test("an event becomes one flat document, in composed letters, with what fans call it", () => {
  const result = project(row, 1_999, 99);
  expect(result.status === "document" && result.document).toMatchObject({
    id: "42",
    name: "Beyoncé live",
    performer_names: ["Queens of the Stone Age", "Them"],
    performer_ids: ["1", "2"],
    aliases: ["QOTSA", "They", "The Garden", "MSG"],
    past: false,
    available: 6,
    availability: "few",
    min_price: 10,
    max_price: 90,
    currency: "USD",
    ord: 42,
    rev: 99,
  });
  const shown: unknown = result.status === "document" && JSON.parse(result.document.shown);
  expect(shown).toMatchObject({ name: "Beyoncé live", admission: "queue", availability: "few" });
});

test("it is past from the second it begins", () => {
  const past = (now: number) => {
    const result = project(row, now, 1);
    return result.status === "document" && result.document.past;
  };
  expect([past(1_999), past(2_000)]).toEqual([false, true]);
});

test("without tickets there is no price, and nothing available", () => {
  const result = project({ ...row, seats: [] }, 0, 1);
  if (result.status !== "document") throw new Error(result.status);
  expect(result.document).toMatchObject({ currency: "", available: 0, availability: "sold-out" });
  expect("min_price" in result.document || "max_price" in result.document).toBe(false);
});

test.each(["draft", "cancelled"] as const)("a %s event has no document", (status) => {
  expect(project({ ...row, status }, 0, 1)).toEqual({ status: "hidden" });
});

test("what does not fit the schema is named, not sent", () => {
  const result = project({ ...row, popularity: 2 ** 40 }, 0, 1);
  expect(result.status === "invalid" && result.error).toContain("popularity");
  const unshown = project({ ...row, on_sale_at: 9e12 }, 0, 1);
  expect(unshown.status === "invalid" && unshown.error).toContain("onSaleAt");
});

test.each([
  ["Paris Saint-Germain", ["PSG"]],
  ["Red Hot Chili Peppers", ["RHCP"]],
  ["Them", []],
  ["!!! & ???", []],
])("the initials of %s are %j", (name, expected) => {
  expect(initials(name)).toEqual(expected);
});
