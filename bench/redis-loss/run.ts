import { performance } from "node:perf_hooks";
import {
  makeTestFolder,
  startTestGateway,
  startTestPostgres,
  startTestRedis,
} from "../../dev/testing/parts.ts";
import { openLab } from "../../origin/bookings/invariants/lab.ts";
import { openStorm } from "../../origin/bookings/invariants/storm.ts";
import { percentiles } from "../percentiles.ts";
import type { BenchReport, BenchRow } from "../report.ts";

const settings = { seats: 4_000, buyers: 8, probes: 40, earlyHolds: 8, flushes: 20 };
/** An answer later than this is no answer, in milliseconds. */
const patienceMs = 1_000;

/** `npm run bench -- redis-loss`: what buyers notice when Redis is killed, frozen or flushed in the middle of a storm. */
export async function run(): Promise<BenchReport> {
  const folder = makeTestFolder();
  const postgres = await startTestPostgres(folder);
  let redis = await startTestRedis(folder);
  const port = Number(new URL(redis.redisUrl).port);
  const gateway = await startTestGateway(folder, redis.redisUrl);
  const { upstashUrl, upstashToken } = gateway;
  const lab = await openLab({ serverUrl: postgres.databaseUrl, upstashUrl, upstashToken });
  const bringBack = {
    killed: async () => {
      redis = await startTestRedis(folder, { port });
    },
    frozen: async () => redis.kill("SIGCONT"),
  };
  const rows: BenchRow[] = [];
  let soldTwice = 0;
  try {
    for (const loss of ["killed", "frozen"] as const) {
      const storm = await openStorm(lab, settings.seats);
      const users = Array.from({ length: settings.earlyHolds }, (_, at) => `early-${at}`);
      const held = await Promise.all(users.map((user, seat) => storm.place(user, seat)));
      const stop = storm.begin();
      redis.kill(loss === "killed" ? "SIGKILL" : "SIGSTOP");
      const lostAt = performance.now();
      while ((await storm.probe()) !== 503);
      const firstRefusal = performance.now() - lostAt;
      const refusals: number[] = [];
      for (let probe = 0; probe < settings.probes; probe += 1) {
        const since = performance.now();
        const status = await storm.probe();
        refusals.push(status === 503 ? performance.now() - since : Number.POSITIVE_INFINITY);
      }
      const confirms = await Promise.all(
        held.map(async ({ booking }, at) => {
          const since = performance.now();
          const status = await storm.confirm(users[at] ?? "", booking);
          return status === 200 ? performance.now() - since : Number.POSITIVE_INFINITY;
        }),
      );
      const confirmedBefore = await storm.countConfirmed();
      await bringBack[loss]();
      const backAt = performance.now();
      while ((await storm.probe()) !== 201);
      const firstHold = performance.now() - backAt;
      while ((await storm.countConfirmed()) < confirmedBefore + 50);
      const unexpected = await stop();
      soldTwice += (await storm.findSoldTwice()).length;
      rows.push({
        case: loss,
        "ms to the first 503": Math.round(firstRefusal),
        "503 p50 ms": percentiles(refusals).p50,
        "503 max ms": percentiles(refusals).max,
        "confirm max ms": percentiles(confirms).max,
        "confirmed while away": confirms.filter(Number.isFinite).length,
        "ms from back to the first hold": Math.round(firstHold),
        "unexpected statuses": unexpected.join(" "),
      });
    }
    const storm = await openStorm(lab, settings.seats);
    const stop = storm.begin();
    for (let flushed = 0; flushed < settings.flushes; flushed += 1) {
      const before = await storm.countConfirmed();
      await lab.redis.flushall();
      while ((await storm.countConfirmed()) < before + 10);
    }
    const unexpected = await stop();
    soldTwice += (await storm.findSoldTwice()).length;
    const confirmed = await storm.countConfirmed();
    rows.push({
      case: `flushed ${settings.flushes} times`,
      "confirmed meanwhile": confirmed,
      "unexpected statuses": unexpected.join(" "),
    });
  } finally {
    redis.kill("SIGCONT");
    await lab.close();
    await Promise.all([gateway.stop(), redis.stop()]);
    await postgres.stop();
    folder.remove();
  }
  const lost = rows.filter((row) => row["503 max ms"] !== undefined);
  const worst = Math.max(...lost.map((row) => Number(row["503 max ms"])));
  const first = Math.max(...lost.map((row) => Number(row["ms to the first 503"])));
  return {
    name: "redis-loss",
    settings,
    rows,
    bars: [
      { bar: "new holds are 503 within a second", measured: first, met: first <= patienceMs },
      { bar: "no 503 takes longer than a second", measured: worst, met: worst <= patienceMs },
      { bar: "tickets with two owners", measured: soldTwice, met: soldTwice === 0 },
    ],
  };
}
