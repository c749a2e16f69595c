import { parseArgs } from "node:util";
import {
  makeTestFolder,
  startTestGateway,
  startTestPostgres,
  startTestRedis,
} from "../../dev/testing/parts.ts";
import { explore } from "../../origin/bookings/invariants/explore.ts";
import { openLab } from "../../origin/bookings/invariants/lab.ts";

/** Sequences between two lines of progress. */
const atOnce = 160;

/** `npm run soak -- booking [--minutes N]`: random lives of bookings on parts of its own, until the time is over or an invariant is violated. */
export async function soak(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: { minutes: { type: "string", default: "5" } },
  });
  const minutes = Number(values.minutes);
  const folder = makeTestFolder();
  const postgres = await startTestPostgres(folder);
  const redis = await startTestRedis(folder);
  const gateway = await startTestGateway(folder, redis.redisUrl);
  const lab = await openLab({
    serverUrl: postgres.databaseUrl,
    upstashUrl: gateway.upstashUrl,
    upstashToken: gateway.upstashToken,
  });
  const end = performance.now() + minutes * 60_000;
  let seed = Date.now() % 1_000_000_000;
  let ran = 0;
  try {
    while (performance.now() < end) {
      const found = await explore(lab, { seed, sequences: atOnce, shrinks: true });
      ran += found.ran;
      if (found.failure !== undefined || lab.errors.length > 0) {
        console.log(`violated after ${ran} sequences: ${found.failure ?? lab.errors.join("\n")}`);
        return 1;
      }
      console.log(`${ran} sequences, no violation (seed ${seed})`);
      seed += atOnce;
    }
    return 0;
  } finally {
    await lab.close();
    await Promise.all([postgres.stop(), gateway.stop(), redis.stop()]);
    folder.remove();
  }
}
