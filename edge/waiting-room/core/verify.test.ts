import { expect, test } from "vitest";
import { TestRoom, testOpensAt, testSettings } from "./testing.ts";
import { statusOf } from "./status.ts";
import { checkDraw, positionsOf } from "./verify.ts";

function opened() {
  const room = new TestRoom(testSettings, testOpensAt - 5000);
  for (let i = 0; i < 9; i++) room.join(i, `user-${i}`);
  for (let shard = 0; shard < testSettings.shards; shard++) room.sync(shard, "whole");
  room.step(6000);
  return statusOf(room.room, room.now);
}

test("an honest draw passes every check", () => {
  expect(checkDraw(opened()).map((it) => [it.name, it.ok])).toEqual([
    ["revealed", true],
    ["commitment", true],
    ["beacon", true],
    ["seed", true],
  ]);
});

test.each([
  ["commitment", { commitment: "00".repeat(32) }],
  ["seed", { seed: "00".repeat(32) }],
  ["seed", { lotterySize: 8 }],
  ["seed", { opensAt: "2026-12-01T10:00:01Z" }],
])("a draw whose %s does not follow is caught", (name, forged) => {
  const bad = checkDraw({ ...opened(), ...forged }).filter((it) => !it.ok);
  expect(bad.map((it) => it.name)).toContain(name);
});

test("a draw that has not been held is not passed", () => {
  const { secret: _secret, seed: _seed, ...before } = opened();
  expect(checkDraw(before)).toMatchObject([{ name: "revealed", ok: false }]);
});

test("numbers after the draw keep their own position", () => {
  const { seed = "", lotterySize = 0 } = opened();
  const all = positionsOf({ seed, lotterySize }, [0, 1, lotterySize, lotterySize + 5]);
  expect(all.map((it) => it.drawn)).toEqual([true, true, false, false]);
  expect(all[3]?.position).toBe(lotterySize + 5);
});
