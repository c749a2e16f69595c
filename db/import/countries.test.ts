import { expect, test } from "vitest";
import { allCountryCodes, countryCode, currencyOfCountry } from "./countries.ts";

test.each([
  ["MX", "MX"],
  ["mex", "MX"],
  ["USA", "US"],
  ["U.S.A.", "US"],
  ["United States", "US"],
  ["The Netherlands", "NL"],
  ["Côte d’Ivoire", "CI"],
  ["Bosnia & Herzegovina", "BA"],
  ["España", "ES"],
  ["england", "GB"],
  ["constructor", undefined],
  ["__proto__", undefined],
  ["Atlantis", undefined],
  ["", undefined],
])("%j is %s", (text, code) => {
  expect(countryCode(text)).toBe(code);
});

test("every country has an alpha-2 code and a currency that the runtime knows", () => {
  const known = new Set(Intl.supportedValuesOf("currency"));
  const codes = allCountryCodes();
  expect(codes).toHaveLength(250);
  for (const code of codes) {
    expect(code).toMatch(/^[A-Z]{2}$/);
    expect(known).toContain(currencyOfCountry(code));
  }
});
