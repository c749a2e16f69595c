import { afterAll, expect, inject, test } from "vitest";
import { explore } from "./explore.ts";
import { openLab } from "./lab.ts";

const sequenceCount = Number(process.env["BOOKING_SEQUENCES"] ?? 520);
/** Another one each time; set it to the one that a failure names. */
const givenSeed = process.env["BOOKING_SEED"];
/** Making a failed sequence small takes minutes: that is for the second look at it. */
const shrinks = givenSeed !== undefined;
const seed = Number(givenSeed ?? Date.now() % 1_000_000_000);

const lab = await openLab({
  serverUrl: inject("databaseUrl"),
  upstashUrl: inject("upstashUrl"),
  upstashToken: inject("upstashToken"),
});
afterAll(() => lab.close());

test(
  `no sequence of ${sequenceCount} violates an invariant, whatever dies between any two steps (seed ${seed})`,
  { timeout: 900_000 },
  async () => {
    const { failure, ran } = await explore(lab, { seed, sequences: sequenceCount, shrinks });
    expect(failure, failure).toBeUndefined();
    expect(ran).toBeGreaterThanOrEqual(sequenceCount);
    expect(lab.errors).toEqual([]);
  },
);
