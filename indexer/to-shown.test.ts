import fc from "fast-check";
import { expect, test } from "vitest";
import { FoundEvent } from "../contracts/search.ts";
import { type Searched, type ShownColumns, toShown } from "./to-shown.ts";

const row: ShownColumns = {
  description: "",
  time_zone: "Europe/London",
  on_sale_at: 1_800_000_000,
  version: 4,
  queue_enabled: true,
};
const searched: Searched = {
  id: "12",
  name: "Night of the Proms",
  performer_names: ["Orchestra", "Choir"],
  aliases: ["NOTP"],
  venue_name: "Royal Hall",
  city: "London",
  country: "GB",
  category: "music",
  venue_id: "3",
  performer_ids: ["7", "8"],
  starts_at: 1_900_000_000,
  ends_at: 1_900_010_000,
  past: false,
  availability: "few",
  available: 12,
  min_price: 4_500,
  max_price: 9_000,
  currency: "GBP",
  popularity: 1,
  ord: 12,
  rev: 99,
};

function textOf(columns: ShownColumns, document: Searched): string {
  const shown = toShown(columns, document);
  if (!shown.success) throw shown.error;
  return shown.text;
}

test("an event is shown as the contract promises", () => {
  expect(JSON.parse(textOf(row, searched))).toEqual({
    id: "12",
    name: "Night of the Proms",
    description: "",
    category: "music",
    status: "published",
    startsAt: "2030-03-17T17:46:40.000Z",
    endsAt: "2030-03-17T20:33:20.000Z",
    timeZone: "Europe/London",
    onSaleAt: "2027-01-15T08:00:00.000Z",
    venueId: "3",
    performerId: "7",
    version: 4,
    admission: "queue",
    venue: { id: "3", name: "Royal Hall", city: "London", country: "GB" },
    performer: { id: "7", name: "Orchestra" },
    priceRange: { min: 4_500, max: 9_000, currency: "GBP" },
    availability: "few",
  });
});

test("an event without tickets has no price", () => {
  const { min_price: _, max_price: __, ...unpriced } = searched;
  const shown = FoundEvent.parse(JSON.parse(textOf(row, { ...unpriced, currency: "" })));
  expect(shown.priceRange).toBeNull();
});

test("whatever the letters are, they are read as they were written, in ASCII", () => {
  const letters = fc.string({ unit: "binary", maxLength: 40 }).filter((it) => it.isWellFormed());
  fc.assert(
    fc.property(letters, letters, (name, description) => {
      const text = textOf({ ...row, description }, { ...searched, name });
      expect(new TextEncoder().encode(text)).toHaveLength(text.length);
      const shown = FoundEvent.parse(JSON.parse(text));
      expect([shown.name, shown.description]).toEqual([name, description.normalize("NFC")]);
    }),
  );
});

test.each([
  [{ on_sale_at: Number.POSITIVE_INFINITY }, "onSaleAt"],
  [{ on_sale_at: 9e12 }, "onSaleAt"],
  [{ version: 1.5 }, "version"],
])("%j cannot be shown, and is named", (wrong, field) => {
  const shown = toShown({ ...row, ...wrong }, searched);
  expect(!shown.success && shown.error.issues[0]?.path).toEqual([field]);
});
