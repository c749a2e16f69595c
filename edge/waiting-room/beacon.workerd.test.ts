import { runInDurableObject } from "cloudflare:test";
import { afterEach, expect, test, vi } from "vitest";
import { newId, origin } from "../testing/neighbours.ts";
import { beaconFor, fetchRandomness } from "./beacon.ts";
import { quicknet, roundAt } from "./core/beacon-round.ts";
import { checkDraw } from "./core/verify.ts";
import { holdClock, openRoom, opensAt } from "./testing/real-room.ts";

/** Published rounds of drand: the first of its first network, and the forty-second of quicknet. */
const first = {
  round: 1,
  randomness: "101297f1ca7dc44ef6088d94ad5fb7ba03455dc33d53ddb412bbc4564ed986ec",
  signature:
    "8d61d9100567de44682506aea1a7a6fa6e5491cd27a0a0ed349ef6910ac5ac20ff7bc3e09d7c046566c9f7f3c6f3b10104990e7cb424998203d8f7de586fb7fa5f60045417a432684f85093b06ca91c769f0e7ca19268375e659c2a2352b4655",
};
const fortySecond =
  "95a9f9f5b231b7714de1553105d8ffdf3dcda24cfdb1e689319bccf79a9c8ce430a91b811fbfaf763900bc998b5d686a";

afterEach(() => {
  vi.useRealTimers();
});

test.each([
  [1, 0],
  [1, -5],
  [2, 1],
  [2, 3],
  [3, 3.001],
  [42, 123],
])(
  "round %i of quicknet is the first one published at or after %d s of its life",
  (round, since) => {
    expect(roundAt(quicknet, (quicknet.genesisSeconds + since) * 1000)).toBe(round);
  },
);

test("a published round is taken", async () => {
  expect(await fetchRandomness(await relay(first.round, first))).toBe(first.randomness);
});

test.each<[string, number, Record<string, unknown>]>([
  ["another round than was asked for", 2, first],
  ["randomness that is not of the signature", 42, { ...first, round: 42, signature: fortySecond }],
  ["no signature", 1, { round: 1, randomness: first.randomness }],
  ["no randomness", 1, { round: 1, signature: first.signature }],
])("%s is not taken", async (_case, round, answer) => {
  expect(await fetchRandomness(await relay(round, answer))).toBeNull();
});

test("a relay that is silent, or has no such round yet, gives nothing", async () => {
  const source = `${origin.url}/beacon/${newId()}`;
  expect(await fetchRandomness({ source, round: 1, randomness: null })).toBeNull();
  await origin.plays({ path: new URL(`${source}/public/1`).pathname, fault: "hang" });
  expect(await fetchRandomness({ source, round: 1, randomness: null })).toBeNull();
});

test("without a beacon's address there is none", () => {
  expect(beaconFor({}, opensAt)).toBeNull();
});

test("the round of the opening goes into the draw, and strangers can check that it did", async () => {
  const { room, round, source } = await roomWithBeacon();
  await room.open(); // the round is not out yet
  expect(await room.status()).toMatchObject({ phase: "pre", beacon: { round, randomness: null } });
  await play(source, round, { ...first, round });
  await room.steps(2);
  const status = await room.status();
  expect(status).toMatchObject({
    phase: "open",
    beacon: { source, round, randomness: first.randomness },
  });
  expect(checkDraw(status).map((it) => it.ok)).toEqual([true, true, true, true]);
  const without = { ...status, beacon: { source, round, randomness: null } };
  expect(checkDraw(without).find((it) => it.name === "seed")?.ok).toBe(false);
});

test("a beacon that stays silent keeps nobody waiting for more than a minute, and the draw says so", async () => {
  const { room, round } = await roomWithBeacon();
  await room.open();
  await room.steps(58);
  expect((await room.figures()).status.phase).toBe("pre");
  await room.steps(3);
  const status = await room.status();
  expect(status).toMatchObject({ phase: "open", beacon: { round, randomness: null } });
  expect(checkDraw(status).every((it) => it.ok)).toBe(true);
});

/** A room whose coordinator has a beacon configured. */
async function roomWithBeacon() {
  holdClock();
  const source = `${origin.url}/beacon/${newId()}`;
  const round = roundAt(quicknet, opensAt);
  const room = await openRoom({}, async (coordinator) => {
    await runInDurableObject(coordinator, (object) => {
      const holder = object as unknown as { env: object }; // the bindings that the runtime gave it
      holder.env = { ...holder.env, BEACON_URL: source };
    });
  });
  await room.join("alice");
  return { room, round, source };
}

async function relay(round: number, answer: Record<string, unknown>) {
  const source = `${origin.url}/beacon/${newId()}`;
  await play(source, round, answer);
  return { source, round, randomness: null };
}

async function play(source: string, round: number, answer: object): Promise<void> {
  const { pathname } = new URL(`${source}/public/${round}`);
  await origin.plays({ path: pathname, status: 200, body: JSON.stringify(answer) });
}
