import { expect, test } from "vitest";
import { exactTerms, swaps, typosMax, typoTerms } from "./search-terms.ts";

test("a word is looked for as it is, and for more as a beginning", () => {
  expect(exactTerms(["mex"])).toEqual([
    { token: 0, query: "'mex'", cost: 0 },
    { token: 0, query: "'mex':*", cost: 1 },
  ]);
});

test("a correction costs more than all the exact words of a keyword together can differ by", () => {
  const [term] = typoTerms([[], ["mexico", "mexicali"]]);
  expect(term).toMatchObject({ token: 1, query: "'mexico' | 'mexicali'" });
  expect(term?.cost).toBeGreaterThan(12 * 3);
});

test("quotes and backslashes cannot leave their word", () => {
  expect(exactTerms(["o'b\\"])[0]?.query).toBe("'o''b\\\\'");
});

test.each([
  ["abc", 0],
  ["abcd", 1],
  ["abcdef", 1],
  ["abcdefg", 2],
  ["2026", 0],
  ["x".repeat(41), 0],
  ["京都市内", 1],
])("%s may have %i typing errors", (word, most) => {
  expect(typosMax(word)).toBe(most);
});

test("swapped neighbours are found where one error is allowed", () => {
  expect(swaps("swfit")).toContain("swift");
  expect(swaps("abc")).toEqual([]);
  expect(swaps("aaaa")).toEqual([]);
});
