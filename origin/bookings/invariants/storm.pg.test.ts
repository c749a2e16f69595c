import { afterAll, expect, inject, test } from "vitest";
import { makeTestFolder, startTestGateway, startTestRedis } from "../../../dev/testing/parts.ts";
import { openLab } from "./lab.ts";
import { openStorm } from "./storm.ts";

const folder = makeTestFolder();
const first = await startTestRedis(folder);
const port = Number(new URL(first.redisUrl).port);
const gateway = await startTestGateway(folder, first.redisUrl);
const lab = await openLab({
  serverUrl: inject("databaseUrl"),
  upstashUrl: gateway.upstashUrl,
  upstashToken: gateway.upstashToken,
});
let redis = first;
afterAll(async () => {
  redis.kill("SIGCONT");
  await lab.close();
  await gateway.stop();
  await redis.stop();
  folder.remove();
});

const settings = { timeout: 180_000 };
const seatCount = 400;

const losses = [
  {
    loss: "killed",
    lose: () => redis.kill("SIGKILL"),
    bringBack: async () => {
      redis = await startTestRedis(folder, { port });
    },
  },
  {
    loss: "frozen",
    lose: () => redis.kill("SIGSTOP"),
    bringBack: async () => redis.kill("SIGCONT"),
  },
] as const;

test.each(losses)(
  "Redis is $loss in a storm: new holds are 503, holds are confirmed; it comes back: holds go on, same process",
  settings,
  async ({ lose, bringBack }) => {
    const storm = await openStorm(lab, seatCount);
    const held = await Promise.all([0, 1, 2, 3].map((seat) => storm.place(`early-${seat}`, seat)));
    expect(held.map(({ status }) => status)).toEqual([201, 201, 201, 201]);

    const stop = storm.begin();
    lose();
    await expect.poll(storm.probe, settings).toBe(503);
    const refused = await Promise.all(
      [11, 12, 13].map((seat) => storm.place(`down-${seat}`, seat)),
    );
    expect(refused.map(({ status }) => status)).toEqual([503, 503, 503]);
    const confirmed = await Promise.all(
      held.map(({ booking }, at) => storm.confirm(`early-${at}`, booking)),
    );
    expect(confirmed).toEqual([200, 200, 200, 200]);

    await bringBack();
    await expect.poll(storm.probe, settings).toBe(201);
    expect(await stop()).toEqual([]);
    expect(await storm.findSoldTwice()).toEqual([]);
  },
);

test("Redis is flushed in a storm again and again: no seat has two owners", settings, async () => {
  const storm = await openStorm(lab, seatCount);
  const stop = storm.begin();
  for (let flushed = 0; flushed < 20; flushed += 1) {
    const before = await storm.countConfirmed();
    await lab.redis.flushall();
    // Each time only once the storm has gone on.
    if (before >= seatCount - 20) break;
    await expect.poll(() => storm.countConfirmed(), settings).toBeGreaterThan(before);
  }
  expect(await stop()).toEqual([]);
  expect(await storm.countConfirmed()).toBeGreaterThan(20);
  expect(await storm.findSoldTwice()).toEqual([]);
});
