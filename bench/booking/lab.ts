import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type pg from "pg";
import { openDatabase } from "../../db/client.ts";
import { startWholeStack } from "../../e2e/whole-stack.ts";
import { freePort } from "../../dev/free-port.ts";
import { startScript } from "../bare-worker.ts";
import type { BenchRow } from "../report.ts";
import { cpuTimes, machineTimes, shares } from "./cpu-time.ts";
import { countTransactions, makeEvent, type BenchEvent } from "./event.ts";
import type { LoadKind, LoadOutcome, LoadPlan } from "./load-plan.ts";
import { runLoad } from "./load.ts";
import type { Buyer } from "./request.ts";
import { startOtherShop, type OtherShop } from "./other-shop.ts";

export const settings = { users: 2_000, seats: 10_000, poolSize: 20, quietSeconds: 3 };

const loadTargets = {
  edge: "edge",
  "edge-direct": "edge",
  "bare-edge": "origin",
  "bare-edge-direct": "origin",
  origin: "origin",
  "one-lock": "baseline",
  "row-locks": "baseline",
  bare: "baseline",
} as const;
const otherWarmUp = { loop: "sell", clients: 16, secondsMax: 4 } as const;
const otherShops = new Set<string>(["one-lock", "row-locks", "bare"] satisfies OtherShop[]);

/** Postgres' PGSTAT_IDLE_INTERVAL: a backend that has fallen idle reports its last transactions up to so much later. */
const reportedMs = 10_500;

export interface Phase {
  readonly name: string;
  /**
   * `bare-edge`: through a Worker that only forwards, as the limit of what any edge can do in this runtime. `direct`:
   * without the local front, which is several times the work of either and part of no product.
   */
  readonly target: keyof typeof loadTargets;
  readonly kind: LoadKind;
  readonly seatsPerBooking: number;
  readonly withKeys?: boolean;
  /** Their tokens were never seen before: checking them is a part of what is measured. */
  readonly hasNewBuyers?: boolean;
  /** Waits until all transactions before and in the phase are reported: some come ten seconds late. */
  readonly isCounted?: boolean;
  /** Absent: a new one, with every seat free. */
  readonly event?: BenchEvent;
}

export interface Measured {
  readonly outcome: LoadOutcome;
  readonly event: BenchEvent;
  readonly row: BenchRow;
  /** What Postgres did beyond its work at rest, for each answer to a hold or a confirm. */
  readonly transactionsPerAnswer: number;
}

/** The whole system with durable Postgres, and buyers with tokens. */
export async function openLab() {
  const directPort = await freePort();
  const stack = await startWholeStack({
    seed: "none",
    only: ["postgres", "redis", "redis-gateway", "identity", "origin", "edge"],
    env: {
      ...process.env,
      DATABASE_POOL_SIZE: String(settings.poolSize),
      LOG_LEVEL: "info",
      EDGE_DIRECT_PORT: String(directPort),
    },
    print: (line) => console.error(line),
  });
  const forwarder = await startScript(`export default { fetch(request, env) {
    const { pathname, search } = new URL(request.url);
    return env.PRIVATE_NETWORK.fetch("${stack.originUrl}" + pathname + search, request);
  } }`);
  const { databaseUrl, redisUrl = "" } = stack;
  const { pool, close } = openDatabase({ url: databaseUrl, poolSize: 2 });
  const makeBuyers = () =>
    Promise.all(
      Array.from({ length: settings.users }, async () => {
        const id = randomUUID();
        return { id, token: await stack.token(id) };
      }),
    );
  const known = await makeBuyers();

  async function load(phase: Phase, event: BenchEvent, url: string, buyers: readonly Buyer[]) {
    const { target, kind, seatsPerBooking, withKeys = false } = phase;
    return await runLoad({
      url,
      target: loadTargets[target],
      signingKeys: stack.edgeSigningKeys,
      buyers,
      eventId: event.id,
      ticketIds: event.ticketIds,
      seatsPerBooking,
      kind,
      withKeys,
    } satisfies LoadPlan);
  }

  async function measure(phase: Phase): Promise<Measured> {
    const buyers = phase.hasNewBuyers ? await makeBuyers() : known;
    const event = phase.event ?? (await makeEvent(pool, phase.name, settings.seats));
    const { target, isCounted = false } = phase;
    // The other shops know the tickets that are there when they start, and their processes are new.
    const isCold = isOther(target) && phase.kind.loop === "hold";
    const warmUp = isCold ? await makeEvent(pool, "warm-up", settings.seats) : undefined;
    const shop = isOther(target)
      ? await startOtherShop(target, { databaseUrl, redisUrl }, settings.poolSize)
      : undefined;
    const own = {
      edge: stack.edgeUrl,
      "edge-direct": `http://127.0.0.1:${directPort}`,
      "bare-edge": forwarder.url,
      "bare-edge-direct": forwarder.directUrl ?? forwarder.url,
      origin: stack.originUrl,
    };
    const url = shop?.url ?? own[target as keyof typeof own];
    const roots: Record<string, number> = {
      ...stack.pids,
      ...(shop && { [target === "bare" ? "bare" : "baseline"]: shop.pid }),
    };
    try {
      if (warmUp) await load({ ...phase, kind: otherWarmUp }, warmUp, url, known);
      if (isCounted) await sleep(reportedMs);
      const restRate = await transactionRateAtRest(pool);
      const before = {
        cpu: cpuTimes(roots),
        machine: machineTimes(),
        transactions: await countTransactions(pool),
      };
      const begun = performance.now();
      const outcome = await load(phase, event, url, buyers);
      const cpu = cpuTimes(roots);
      const machine = shares(before.machine, machineTimes());
      await sleep(isCounted ? reportedMs : 1_500); // busy backends report once a second
      const seconds = (performance.now() - begun) / 1000;
      const transactions =
        (await countTransactions(pool)) - before.transactions - restRate * seconds;
      const answers = Object.values(outcome.statuses).reduce((sum, n) => sum + n, 0);
      const unit = outcome.confirmed || outcome.holds || answers;
      const perUnit = (ms: number) => Math.round((ms / Math.max(unit, 1)) * 100) / 100;
      const cpuMs = Object.fromEntries(
        Object.entries(cpu).map(([name, ms]) => [
          `cpu ${name}`,
          perUnit(ms - (before.cpu[name] ?? 0)),
        ]),
      );
      const row: BenchRow = {
        case: phase.name,
        seconds: Math.round(outcome.seconds * 10) / 10,
        "confirmed/min": Math.round((outcome.confirmed / outcome.seconds) * 60),
        "holds/s": Math.round(outcome.holds / outcome.seconds),
        "answers/s": Math.round(answers / outcome.seconds),
        p50: outcome.hold.p50,
        p95: outcome.hold.p95,
        p99: outcome.hold.p99,
        "p99.9": outcome.hold.p999,
        max: outcome.hold.max,
        "confirm p99": outcome.confirm.p99,
        statuses: JSON.stringify(outcome.statuses),
        ...cpuMs,
        "cpu load": perUnit(outcome.cpuMs),
        ...machine,
      };
      console.error(JSON.stringify(row));
      return {
        outcome,
        event,
        row,
        transactionsPerAnswer: Math.max(transactions, 0) / Math.max(answers, 1),
      };
    } finally {
      await shop?.stop();
    }
  }

  async function stop(): Promise<void> {
    await close();
    await Promise.all([forwarder.stop(), stack.stop()]);
  }
  return { pool, measure, stop };
}

function isOther(target: Phase["target"]): target is OtherShop {
  return otherShops.has(target);
}

/** Jobs beside the requests ask Postgres, too; the outbox of the phase before is let run empty first. */
async function transactionRateAtRest(pool: pg.Pool): Promise<number> {
  for (let tries = 0; tries < 40; tries += 1) {
    const { rows } = await pool.query<{ n: string }>("SELECT count(*) AS n FROM outbox");
    if (rows[0]?.n === "0") break;
    await sleep(250);
  }
  const before = await countTransactions(pool);
  await sleep(settings.quietSeconds * 1000);
  return ((await countTransactions(pool)) - before) / settings.quietSeconds;
}
