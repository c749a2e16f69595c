import { afterAll, expect, inject, test } from "vitest";
import { explore } from "./explore.ts";
import { openLab } from "./lab.ts";

const sequenceCount = Number(process.env["BOOKING_SEQUENCES"] ?? 520);
/** Another one each time; set it to the one that a failure names. */
const givenSeed = process.env["BOOKING_SEED"];
/** Making a failed sequence small takes minutes: that is for the second look at it. */
const shrinks = givenSeed !== undefined;
const seed = Number(givenSeed ?? Date.now() % 1_000_000_000);

const parts = {
  serverUrl: inject("databaseUrl"),
  upstashUrl: inject("upstashUrl"),
  upstashToken: inject("upstashToken"),
};
const kinds = [
  { paid: "paid for at once", lab: await openLab(parts) },
  { paid: "paid for elsewhere", lab: await openLab({ ...parts, takesMoney: true }) },
];
afterAll(async () => {
  for (const { lab } of kinds) await lab.close();
});
const each = Math.ceil(sequenceCount / kinds.length);

test.each(kinds)(
  `of ${each} sequences with bookings that are $paid none violates an invariant, whatever dies between any two steps (seed ${seed})`,
  { timeout: 900_000 },
  async ({ lab }) => {
    const { failure, ran } = await explore(lab, { seed, sequences: each, shrinks });
    expect(failure, failure).toBeUndefined();
    expect(ran).toBeGreaterThanOrEqual(each);
    expect(lab.errors).toEqual([]);
  },
);
