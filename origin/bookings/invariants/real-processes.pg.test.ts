import { afterAll, expect, inject, test } from "vitest";
import { makeTestFolder } from "../../../dev/testing/parts.ts";
import { explore } from "./explore.ts";
import { openRealLab } from "./real-lab.ts";

const sequenceCount = Number(process.env["BOOKING_REAL_SEQUENCES"] ?? 40);
const givenSeed = process.env["BOOKING_SEED"];
const seed = Number(givenSeed ?? Date.now() % 1_000_000_000);

const folder = makeTestFolder();
const labs = await Promise.all(
  [false, true].map((takesMoney) =>
    openRealLab(folder, inject("databaseUrl"), { name: String(takesMoney), takesMoney }),
  ),
);
afterAll(async () => {
  await Promise.all(labs.map((lab) => lab.close()));
  folder.remove();
}, 60_000);

test(
  `no sequence of ${sequenceCount} violates an invariant with processes killed, Redis flushed and killed for real (seed ${seed})`,
  { timeout: 900_000 },
  async () => {
    const runs = await Promise.all(
      labs.map((lab, at) =>
        explore(lab, {
          seed: seed + at,
          sequences: Math.ceil(sequenceCount / labs.length),
          shrinks: givenSeed !== undefined,
          lanes: 1,
        }),
      ),
    );
    for (const { failure } of runs) expect(failure, failure).toBeUndefined();
    expect(runs.reduce((sum, { ran }) => sum + ran, 0)).toBeGreaterThanOrEqual(sequenceCount);
    expect(labs.flatMap(({ errors }) => errors)).toEqual([]);
  },
);
