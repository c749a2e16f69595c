import fc from "fast-check";
import { expect, test } from "vitest";
import { readAny, readSearchQuery } from "./read-query.ts";

const pieces = [
  "a",
  "Z",
  "9",
  "%20",
  "+",
  "%2B",
  "%C3%A9",
  "é",
  "&",
  "=",
  "page=2",
  "keyword=",
  "%",
  "-",
  ".",
  " ",
  "\n",
];

test("whatever is asked, the short way reads what the contract reads", () => {
  const typed = fc.array(fc.constantFrom(...pieces), { maxLength: 40 });
  fc.assert(
    fc.property(fc.constantFrom("keyword=", "city=", ""), typed, (begin, rest) => {
      const query = begin + rest.join("");
      expect(readSearchQuery(query)).toEqual(readAny(query));
    }),
  );
});

test.each([
  "keyword=Talor+Swfit",
  "keyword=madison%20sq%20",
  "keyword=+",
  "keyword=a".padEnd(108, "b"),
])("%s is read as by the contract", (query) => {
  expect(readSearchQuery(query)).toEqual(readAny(query));
});

test("a keyword that is too long is refused", () => {
  expect(readSearchQuery("keyword=".padEnd(109, "b")).success).toBe(false);
});
