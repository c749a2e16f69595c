import { spawn } from "node:child_process";
import { parseArgs } from "node:util";

/** Operations of one round; each has another seed and parts of its own. */
const operations = 20_000;

/**
 * `npm run soak -- indexer [--minutes N]`: the random model, round after round until the time is over; the seed of
 * each is printed first, so that a round that failed can be repeated with MODEL_SEED.
 * `npm run soak -- indexer --crashes N`: every point at which the indexer may be killed, with N seeds; the design asks
 * for 50.
 */
export async function soak(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: { minutes: { type: "string", default: "10" }, crashes: { type: "string" } },
  });
  if (values.crashes !== undefined) {
    return vitest(["indexer/failures/takeover", "-t", "killed"], { CRASH_SEEDS: values.crashes });
  }
  const end = performance.now() + Number(values.minutes) * 60_000;
  for (let ran = 0; performance.now() < end; ran += operations) {
    const seed = Math.floor(Math.random() * 2 ** 31);
    console.log(`${ran} operations without a fault; MODEL_SEED=${seed}`);
    const env = { MODEL_SEED: String(seed), MODEL_OPERATIONS: String(operations) };
    const code = await vitest(["indexer/model"], env);
    if (code !== 0) return code;
  }
  return 0;
}

function vitest(filters: readonly string[], env: Record<string, string>): Promise<number> {
  const args = ["run", "--project", "typesense", ...filters];
  const child = spawn("vitest", args, { stdio: "inherit", env: { ...process.env, ...env } });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => resolve(code ?? 1));
  });
}
