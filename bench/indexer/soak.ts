import { spawn } from "node:child_process";

/**
 * `npm run soak -- indexer [ROUNDS] [OPERATIONS]`: the random model and the crash points again and again, each round
 * with another seed, which is printed first so that a failing round can be repeated with MODEL_SEED.
 */
export async function soak([
  rounds = "10",
  operations = "100000",
]: readonly string[]): Promise<number> {
  for (let round = 1; round <= Number(rounds); round += 1) {
    const seed = Math.floor(Math.random() * 2 ** 31);
    console.log(`round ${round} of ${rounds}: MODEL_SEED=${seed} MODEL_OPERATIONS=${operations}`);
    const code = await vitest({
      MODEL_SEED: String(seed),
      MODEL_OPERATIONS: operations,
      CRASH_SEEDS: "50",
    });
    if (code !== 0) return code;
  }
  return 0;
}

function vitest(env: Record<string, string>): Promise<number> {
  const args = ["run", "--project", "typesense", "indexer/model", "indexer/failures/takeover"];
  const child = spawn("vitest", args, { stdio: "inherit", env: { ...process.env, ...env } });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => resolve(code ?? 1));
  });
}
