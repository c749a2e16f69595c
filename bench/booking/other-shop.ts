import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";

/** Others' ways to sell tickets, and the least that ours can cost: each is a program of its own. */
const programs = {
  "one-lock": "locked-shop-main.ts",
  "row-locks": "locked-shop-main.ts",
  bare: "bare-shop-main.ts",
} as const;
export type OtherShop = keyof typeof programs;

/** Starts a shop that ours is compared with, in a process of its own. */
export async function startOtherShop(
  mode: OtherShop,
  stores: { readonly databaseUrl: string; readonly redisUrl: string },
  poolSize: number,
): Promise<{ url: string; pid: number; stop: () => Promise<void> }> {
  const env = {
    ...process.env,
    DATABASE_URL: stores.databaseUrl,
    REDIS_URL: stores.redisUrl,
    MODE: mode,
    POOL_SIZE: String(poolSize),
  };
  const child = fork(fileURLToPath(new URL(programs[mode], import.meta.url)), { env });
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
