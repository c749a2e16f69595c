import type { Redis } from "@upstash/redis";
import type { AdmissionPass } from "../../contracts/admission-pass.ts";
import type { EndedPass } from "../../contracts/queue-control.ts";

/** Kept a little longer than the pass, for clocks that differ, in seconds. */
const spareSeconds = 60;

/**
 * Remembers passes whose slot is free again before their time is over, as long as they would have lived. In Redis, which
 * every new hold needs anyway: were it to forget them, a few people could buy beyond the bound, and nothing worse.
 * @param nowSeconds Unix seconds
 */
export async function endPasses(
  redis: Redis,
  ended: readonly EndedPass[],
  nowSeconds: number,
): Promise<void> {
  const live = ended.filter(({ expiresAt }) => expiresAt > nowSeconds);
  await Promise.all(
    live.map((pass) =>
      redis.set(keyOf(pass), "1", { ex: Math.ceil(pass.expiresAt - nowSeconds) + spareSeconds }),
    ),
  );
}

export async function isEnded(redis: Redis, pass: AdmissionPass): Promise<boolean> {
  return (await redis.exists(keyOf(pass))) === 1;
}

function keyOf(pass: { event: string; generation: number; number: number }): string {
  return `pass:ended:${pass.event}:${pass.generation}:${pass.number}`;
}
