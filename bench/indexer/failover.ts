import type { BenchRow } from "../report.ts";
import { timeEdits } from "./edits.ts";
import { type Lab, until } from "./lab.ts";

/** Kills the active one with another standing by, until an edit made afterwards is searchable. */
export async function timeFailover(lab: Lab): Promise<BenchRow> {
  const [active] = lab.running();
  if (!active) throw new Error("no indexer runs");
  const standby = await lab.startIndexer();
  await until("standing by", async () => (await standby.state()) === "standby");
  active.child.kill("SIGKILL");
  const { max } = await timeEdits(lab, { edits: 1, gapMs: 1, firstEvent: 900 });
  return { case: "failover", seconds: Math.round(max) / 1_000 };
}
