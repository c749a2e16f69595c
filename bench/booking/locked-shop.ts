import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("locked-shop-main.ts", import.meta.url));

/** Starts a baseline in a process of its own. */
export async function startLockedShop(
  mode: "one-lock" | "row-locks",
  databaseUrl: string,
  poolSize: number,
): Promise<{ url: string; pid: number; stop: () => Promise<void> }> {
  const env = {
    ...process.env,
    DATABASE_URL: databaseUrl,
    MODE: mode,
    POOL_SIZE: String(poolSize),
  };
  const child = fork(program, { env });
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const port = await new Promise<number>((resolve, reject) => {
    child.once("message", (said) => resolve(Number(said)));
    child.once("exit", (code) => reject(new Error(`the baseline ended early (${code})`)));
  });
  const stop = async () => {
    child.kill();
    await exited;
  };
  return { url: `http://127.0.0.1:${port}`, pid: child.pid ?? 0, stop };
}
