import { randomUUID } from "node:crypto";
import { loadavg } from "node:os";
import { openDatabase } from "../../db/client.ts";
import { startWholeStack } from "../../e2e/whole-stack.ts";
import type { BenchReport, BenchRow } from "../report.ts";
import { cpuTimes } from "./cpu-time.ts";
import { makeEvent, countDoubleBookings } from "./event.ts";
import type { LoadKind, LoadOutcome, LoadPlan } from "./load-plan.ts";
import { runLoad } from "./load.ts";

export async function run(args: readonly string[]): Promise<BenchReport> {
  const stack = await startWholeStack({
    seed: "none",
    only: ["postgres", "redis", "redis-gateway", "identity", "origin", "edge"],
    print: (line) => console.error(line),
  });
  console.error(stack.pids, stack.logFile("origin"));
  const { pool, close } = openDatabase({ url: stack.databaseUrl, poolSize: 2 });
  const rows: BenchRow[] = [];
  try {
    const buyers = await Promise.all(
      Array.from({ length: 2000 }, async () => {
        const id = randomUUID();
        return { id, token: await stack.token(id) };
      }),
    );
    const phase = async (target: LoadPlan["target"], kind: LoadKind, seatsPerBooking = 2) => {
      const event = await makeEvent(pool, target, 10_000);
      const before = cpuTimes(stack.pids);
      const outcome = await runLoad({
        url: target === "edge" ? stack.edgeUrl : stack.originUrl,
        target,
        signingKeys: stack.edgeSigningKeys,
        buyers,
        eventId: event.id,
        ticketIds: event.ticketIds,
        seatsPerBooking,
        kind,
        withKeys: true,
      });
      const after = cpuTimes(stack.pids);
      const n = Math.max(outcome.confirmed, outcome.holds, 1);
      const cpu = Object.fromEntries(
        Object.entries(after).map(([k, v]) => [
          k,
          Math.round(((v - (before[k] ?? 0)) / n) * 100) / 100,
        ]),
      );
      console.error(
        target,
        kind,
        JSON.stringify({
          ...outcome,
          perMin: Math.round((outcome.confirmed / outcome.seconds) * 60),
          cpuLoad: Math.round((outcome.cpuMs / n) * 100) / 100,
          cpu,
          load: loadavg()[0],
        }),
      );
      rows.push({ case: `${target} ${kind.loop}`, ...cpu });
    };
    if (args.includes("warm")) await phase("origin", { loop: "sell", clients: 8, secondsMax: 4 });
    if (args.includes("pause")) {
      console.error("PAUSE");
      await new Promise((r) => process.stdin.once("data", r));
    }
    if (args.includes("one"))
      await phase("origin", { loop: "sell", clients: 16, secondsMax: 20 }, 1);
    if (args.includes("origin"))
      await phase("origin", { loop: "sell", clients: 32, secondsMax: 20 });
    if (args.includes("edge")) await phase("edge", { loop: "sell", clients: 32, secondsMax: 20 });
    if (args.includes("hold"))
      await phase("origin", { loop: "hold", perSecond: 400, seconds: 10, connections: 256 });
    console.error("double", await countDoubleBookings(pool));
    return { name: "booking", settings: {}, rows };
  } finally {
    await close();
    await stack.stop();
  }
}
