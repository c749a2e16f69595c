import { expect, test } from "vitest";
import { readConfig } from "./config.ts";

const least = {
  DATABASE_URL: "postgres://u:secret@db/x",
  TYPESENSE_URL: "http://search:8108",
  TYPESENSE_API_KEY: "secret",
};

test("addresses and secrets suffice; the rest has its usual values", () => {
  expect(readConfig(least)).toMatchObject({ BATCH_DOCS: 500, SLOT_NAME: "frontrow_search" });
});

test("everything that is missing or wrong is named, and no value is shown", () => {
  const read = () =>
    readConfig({ ...least, TYPESENSE_API_KEY: "", BATCH_DOCS: "x", DATABASE_URL: "hidden" });
  expect(read).toThrow(/DATABASE_URL.*TYPESENSE_API_KEY.*BATCH_DOCS/);
  expect(read).not.toThrow(/hidden/);
});

test("whoever tells the edge must be able to sign", () => {
  expect(() => readConfig({ ...least, EDGE_URL: "http://edge" })).toThrow(/EDGE_SIGNING_KEYS/);
});
