import { expect, test } from "vitest";
import { Silence } from "./silence.ts";

function askedAt(...times: number[]): Silence {
  const silence = new Silence();
  for (const time of times) silence.asked(time);
  return silence;
}

test.each([
  ["three have waited, the first for 200 ms", askedAt(1_000, 1_010, 1_020), 1_200, true],
  ["three have waited for less", askedAt(1_000, 1_010, 1_020), 1_199, false],
  ["two have waited", askedAt(1_000, 1_010), 1_900, false],
  ["three have waited for longer than anybody does", askedAt(1_000, 1_010, 1_020), 2_010, false],
])("when %s, that it is silent is %s", (_, silence, now, expected) => {
  expect(silence.isSilent(now)).toBe(expected);
});

test("who is slow but answers somebody is not silent", () => {
  const silence = askedAt(1_000, 1_000, 1_000, 1_000);
  for (let now = 1_100; now < 5_000; now += 150) {
    silence.answered();
    for (let nth = 0; nth < 4; nth++) silence.asked(now);
    expect(silence.isSilent(now + 149)).toBe(false);
    expect(silence.isSilent(now + 250)).toBe(true);
  }
});

test("whoever never says that they wait no more is soon not counted", () => {
  const silence = askedAt(1_000, 1_010, 1_020);
  for (let now = 9_000; now < 9_600; now += 300) {
    silence.asked(now);
    expect(silence.isSilent(now + 250)).toBe(false);
  }
});
