import { expect, test } from "vitest";
import { isSuspected, type Signs } from "./suspicion.ts";

test.each<[Signs["challenge"], number | undefined, boolean]>([
  ["passed", undefined, false],
  ["passed", 1, false],
  ["failed", undefined, true],
  ["failed", 29, true],
  ["failed", 30, false],
  ["unknown", undefined, false],
  ["unknown", 5, true],
  ["off", undefined, false],
  ["off", 29, true],
  ["off", 99, false],
])("challenge %s with a score of %s: suspected %s", (challenge, botScore, suspected) => {
  expect(isSuspected({ challenge, botScore })).toBe(suspected);
});
