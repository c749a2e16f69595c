import { sql } from "drizzle-orm";
import type { Deps } from "./deps.ts";

/** A part that has not answered by then counts as down, in milliseconds. */
const patienceMs = 1_000;

export type PartState = "up" | "down";

export interface Readiness {
  /** `degraded` serves, but not all of it; `unavailable` and `stopping` want no traffic. */
  readonly status: "ready" | "degraded" | "unavailable" | "stopping";
  readonly dependencies: { readonly postgres: PartState; readonly redis: PartState };
}

/** Asks each dependency; never throws and never takes much longer than a second. */
export async function checkReadiness(
  deps: Pick<Deps, "db" | "redis" | "stopping">,
): Promise<Readiness> {
  const [postgres, redis] = await Promise.all([
    probe(deps.db.execute(sql`SELECT 1`)),
    probe(deps.redis.ping()),
  ]);
  return {
    status: readiness(postgres, redis, deps.stopping.aborted),
    dependencies: { postgres, redis },
  };
}

/** Without Postgres nothing works; without Redis views and confirms still do. */
export function readiness(
  postgres: PartState,
  redis: PartState,
  isStopping: boolean,
): Readiness["status"] {
  if (isStopping) return "stopping";
  if (postgres === "down") return "unavailable";
  return redis === "up" ? "ready" : "degraded";
}

async function probe(answer: PromiseLike<unknown>): Promise<PartState> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<PartState>((resolve) => {
    timer = setTimeout(() => resolve("down"), patienceMs);
  });
  const asked = Promise.resolve(answer).then(
    (): PartState => "up",
    (): PartState => "down",
  );
  return Promise.race([asked, late]).finally(() => clearTimeout(timer));
}
