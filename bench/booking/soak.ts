import { parseArgs } from "node:util";
import {
  makeTestFolder,
  startTestGateway,
  startTestPostgres,
  startTestRedis,
} from "../../dev/testing/parts.ts";
import { explore } from "../../origin/bookings/invariants/explore.ts";
import { openLab, type Lab } from "../../origin/bookings/invariants/lab.ts";
import { openRealLab } from "../../origin/bookings/invariants/real-lab.ts";

interface Place {
  readonly name: string;
  readonly lab: Lab;
  /** Sequences between two lines of progress, and how many live at the same time. */
  readonly sequences: number;
  readonly lanes: number;
}

/**
 * `npm run soak -- booking [--minutes N]`: random lives of bookings on parts of its own, until the time is over or an
 * invariant is violated. Most are played, some are lived with processes and a Redis that are really killed.
 */
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
  const { upstashUrl, upstashToken } = gateway;
  const parts = { serverUrl: postgres.databaseUrl, upstashUrl, upstashToken };
  const played = { sequences: 96, lanes: 16 };
  const real = { sequences: 4, lanes: 1 };
  const places: Place[] = [
    { name: "played, paid at once", lab: await openLab(parts), ...played },
    {
      name: "played, paid elsewhere",
      lab: await openLab({ ...parts, takesMoney: true }),
      ...played,
    },
    {
      name: "really killed",
      lab: await openRealLab(folder, postgres.databaseUrl, { name: "soak", takesMoney: true }),
      ...real,
    },
  ];
  const end = performance.now() + minutes * 60_000;
  const ran = new Map<string, number>();
  let seed = Date.now() % 1_000_000_000;
  try {
    for (;;) {
      for (const { name, lab, sequences, lanes } of places) {
        if (performance.now() >= end) {
          console.log(`over: ${describe(ran)}, no violation`);
          return 0;
        }
        const found = await explore(lab, { seed, sequences, lanes, shrinks: true });
        ran.set(name, (ran.get(name) ?? 0) + found.ran);
        if (found.failure !== undefined || lab.errors.length > 0) {
          console.log(`violated, ${name}, after ${describe(ran)} sequences`);
          console.log(found.failure ?? lab.errors.join("\n"));
          return 1;
        }
        console.log(`${describe(ran)}, no violation (seed ${seed})`);
        seed += sequences;
      }
    }
  } finally {
    await Promise.all(places.map(({ lab }) => lab.close()));
    await Promise.all([postgres.stop(), gateway.stop(), redis.stop()]);
    folder.remove();
  }
}

function describe(ran: ReadonlyMap<string, number>): string {
  const total = [...ran.values()].reduce((sum, count) => sum + count, 0);
  const parts = [...ran].map(([name, count]) => `${count} ${name}`);
  return `${total} sequences (${parts.join("; ")})`;
}
