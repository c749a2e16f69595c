import { sql } from "drizzle-orm";
import * as z from "zod";
import type { Db } from "../../db/client.ts";
import { callFunction } from "./call-function.ts";

const sweptAtOnce = 200;

/**
 * Ends holds whose time is over, so that the edge hears of free seats. Nothing is wrong without it: an expired hold
 * counts for nothing already. Safe in several processes at once.
 * @returns how many it ended; there may be more
 */
export function sweepHolds(db: Db): Promise<number> {
  return callFunction(db, z.int(), sql`sweep_expired_holds(${sweptAtOnce})`);
}
