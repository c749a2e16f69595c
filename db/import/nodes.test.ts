import { expect, test } from "vitest";
import { indexNodes, plainNode } from "./nodes.ts";

function plain(value: unknown, ...others: unknown[]): unknown {
  return plainNode(value, indexNodes([value, ...others]));
}

test("the ways of writing a value are one", () => {
  const written = {
    "schema:name": { "@value": "Café", "@language": "fr" },
    "https://schema.org/sport": "Chess",
    performer: { "@list": ["A", { "@value": "B" }] },
    description: null,
  };
  expect(plain(written)).toEqual({ name: "Café", sport: "Chess", performer: ["A", "B"] });
});

test("a reference is what it refers to, wherever that stands", () => {
  const hall = { "@id": "#hall", name: "Hall" };
  expect(plain({ location: { "@id": "#hall" } }, hall)).toEqual({ location: hall });
  expect(plain({ location: { "@id": "#hall" } }, { location: hall })).toEqual({ location: hall });
  expect(plain({ location: { "@id": "#other" } }, hall)).toEqual({ location: { "@id": "#other" } });
});

test("references in a circle come to an end", () => {
  const a = { "@id": "a", next: { "@id": "b" } };
  const b = { "@id": "b", next: { "@id": "a" } };
  expect(JSON.stringify(plain(a, b)).length).toBeLessThan(500);
});

test("what nests too deeply is left out", () => {
  let deep: unknown = "bottom";
  for (let level = 0; level < 10_000; level++) deep = { a: deep };
  expect(JSON.stringify(plain({ name: "x", deep }))).not.toContain("bottom");
});
