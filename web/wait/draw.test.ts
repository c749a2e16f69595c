import { expect, test } from "vitest";
import { checkDraw, positionOf } from "./draw.ts";

const status = {
  opensAt: "2026-12-01T10:00:00Z",
  commitment: "630dcd2966c4336691125448bbb25b4ff412a49c732db2c8abc1b8581bd710dd",
  beacon: null,
  secret: "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
  seed: "1ea0146b4648ae89ad5bb827916dd403e500638291f854e876029e61b32d2e7b",
  lotterySize: 10,
};

test("the draw of the published vectors comes out on this device, too", async () => {
  const drawn = await Promise.all(
    [...Array(10).keys()].map((number) => positionOf(status.seed, 10, number)),
  );
  expect(drawn).toEqual([1, 8, 5, 2, 3, 0, 7, 4, 6, 9]);
  const large = "0ca47346e352913a756a51dd2f234bbb398d18746b9eb2d16110a232d8eae2ad";
  expect(await positionOf(large, 1000, 7)).toBe(552);
});

test("an honest draw is confirmed; another secret, size, opening or beacon is not", async () => {
  expect(await checkDraw(status)).toBe(true);
  expect(await checkDraw({ ...status, secret: `ff${status.secret.slice(2)}` })).toBe(false);
  expect(await checkDraw({ ...status, lotterySize: 11 })).toBe(false);
  expect(await checkDraw({ ...status, opensAt: "2026-12-01T10:00:01Z" })).toBe(false);
  expect(await checkDraw({ ...status, beacon: { randomness: "ab" } })).toBe(false);
});
