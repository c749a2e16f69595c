import { expect, test } from "vitest";
import { createTestDatabase } from "../../db/testing/database.ts";
import type { HoldCall } from "./store-hold.ts";
import {
  bookingNo,
  openStepWorld,
  requestHash,
  withoutTimes,
  type StepWorld,
} from "./testing/step-world.ts";

/** Two worlds alike: in one the calls come one after the other, in the other all of them at once, and so together. */
async function twoWorlds() {
  const [single, together] = [await createTestDatabase(), await createTestDatabase()];
  return { single: await openStepWorld(single), together: await openStepWorld(together) };
}

async function inTurn<Call, Answer>(calls: readonly Call[], make: (call: Call) => Promise<Answer>) {
  const answers: unknown[] = [];
  for (const call of calls) answers.push(await outcomeOf(make(call)));
  return answers;
}

function atOnce<Call, Answer>(calls: readonly Call[], make: (call: Call) => Promise<Answer>) {
  return Promise.all(calls.map((call) => outcomeOf(make(call))));
}

async function outcomeOf(answer: Promise<unknown>): Promise<unknown> {
  return withoutTimes(
    await answer.catch((error: { cause?: { code?: string } }) => error.cause?.code),
  );
}

/** What stands in the way of some of the calls below. */
async function holdsBefore(world: StepWorld): Promise<void> {
  const { hold, confirm, holdCall, confirmCall, ids, expire, sql } = world;
  const key = (name: string) => ({ idempotency: { key: name, requestHash } });
  await hold(holdCall(1, "holder", [ids[20] ?? ""]));
  await hold(holdCall(2, "owner", [ids[21] ?? ""]));
  await confirm(confirmCall(2, "owner"));
  await hold(holdCall(3, "late", ids.slice(22, 24)));
  await expire(3);
  await hold(holdCall(4, "limited", ids.slice(24, 27)));
  await hold(holdCall(5, "repeats", [ids[27] ?? ""], key("a key that was used")));
  await sql("UPDATE tickets SET status = 'blocked' WHERE id = $1", [ids[28]]);
}

function manyHolds({ holdCall, ids, euros, closed }: StepWorld): HoldCall[] {
  const key = (name: string, hash = requestHash) => ({
    idempotency: { key: name, requestHash: hash },
  });
  const at = (...places: number[]) => places.map((place) => ids[place] ?? "");
  return [
    holdCall(10, "a-plain", at(0, 1), key("a new key")),
    holdCall(11, "b-plain", at(2)),
    holdCall(12, "c-unknown", ["999999999"]),
    holdCall(13, "d-unknown-too", [...at(3), "999999999"]),
    holdCall(14, "e-held", at(4, 20)),
    holdCall(15, "f-booked", at(21)),
    holdCall(16, "g-expired", at(22)),
    holdCall(17, "h-blocked", at(28)),
    holdCall(18, "i-currencies", [...at(5), euros]),
    holdCall(19, "j-twice", at(6, 7, 8)),
    holdCall(20, "j-twice", at(9, 10)),
    holdCall(21, "j-twice", at(11)),
    holdCall(22, "k-too-many", at(12, 13, 14, 15, 16)),
    ...closed.map(({ eventId, ticketId }, n) =>
      holdCall(30 + n, `m-closed-${n}`, [ticketId], { eventId }),
    ),
    holdCall(33, "n-no-event", at(18), { eventId: "999999" }),
    holdCall(34, "limited", at(18, 19)),
    holdCall(5, "repeats", at(27), key("a key that was used")),
    holdCall(36, "repeats", at(29), key("a key that was used", "1".repeat(64))),
  ];
}

test("holds that go together are answered and stored as those that come one by one", async () => {
  const { single, together } = await twoWorlds();
  await holdsBefore(single);
  await holdsBefore(together);
  const expected = await inTurn(manyHolds(single), single.hold);
  const answers = await atOnce(manyHolds(together), together.hold);
  expect(answers).toEqual(expected);
  expect(await together.stored()).toEqual(await single.stored());
  expect(new Set(expected.map((it) => (it as { outcome: string }).outcome)).size).toBe(9);
});

test("of two holds that go together and want one ticket, one gets it and the other is told whose it is", async () => {
  const world = await openStepWorld(await createTestDatabase());
  const { holdCall, ids } = world;
  const answers = await Promise.all([
    world.hold(holdCall(1, "a", ids.slice(0, 2))),
    world.hold(holdCall(2, "b", ids.slice(1, 3))),
    world.hold(holdCall(3, "c", ids.slice(5, 6))),
  ]);
  const outcomes = answers.map(({ outcome }) => outcome);
  expect(outcomes.toSorted()).toEqual(["placed", "placed", "tickets-unavailable"]);
  const winner = bookingNo(outcomes[0] === "placed" ? 1 : 2);
  const loser = answers.find(({ outcome }) => outcome === "tickets-unavailable");
  expect(loser).toMatchObject({ unavailable: [{ ticketId: ids[1], bookingId: winner }] });
});

test("a hold whose id is taken is told so, and those that went with it are placed", async () => {
  const world = await openStepWorld(await createTestDatabase());
  const { hold, holdCall, ids } = world;
  await hold(holdCall(1, "a", ids.slice(0, 1)));
  const calls = [holdCall(2, "b", ids.slice(1, 2)), holdCall(1, "c", ids.slice(2, 3))];
  const answers = await atOnce(calls, hold);
  expect(answers).toMatchObject([{ outcome: "placed" }, { outcome: "id-taken" }]);
});

async function confirmsBefore({
  hold,
  confirm,
  holdCall,
  confirmCall,
  ids,
  expire,
  sql,
}: StepWorld) {
  const at = (...places: number[]) => places.map((place) => ids[place] ?? "");
  const held: [number, string, string[]][] = [
    [1, "a", at(0, 1)],
    [2, "b", at(2)],
    [3, "c", at(3)],
    [4, "d", at(4)],
    [5, "e", at(5)],
    [6, "f", at(6, 7)],
    [7, "g", at(8, 9)],
    [8, "h", at(10, 11, 12)],
  ];
  for (const [n, userId, tickets] of held) await hold(holdCall(n, userId, tickets));
  await confirm(confirmCall(3, "c"));
  await sql("SELECT end_booking($1, 'd', 'release')", [bookingNo(4)]);
  for (const n of [6, 7, 8]) await expire(n);
  await hold(holdCall(20, "z", at(9)));
  await hold(holdCall(21, "h", at(13, 14)));
}

function manyConfirms({ confirmCall }: StepWorld, keepsAccount: boolean) {
  const calls: [number, string][] = [
    [1, "a"],
    [1, "a"],
    [2, "b"],
    [2, "not-b"],
    [3, "c"],
    [4, "d"],
    [6, "f"],
    [7, "g"],
    [8, "h"],
    [99, "nobody"],
  ];
  return calls.map(([n, userId]) => confirmCall(n, userId, keepsAccount));
}

test.each([false, true])(
  "confirms that go together are answered and stored as those that come one by one (accounts: %s)",
  async (keepsAccount) => {
    const { single, together } = await twoWorlds();
    for (const world of [single, together]) {
      await confirmsBefore(world);
      // Booking 2 has no account, and that of 6 is being given up.
      if (keepsAccount) {
        await world.sql(
          `INSERT INTO payments (booking_id, reference, status, amount, currency)
           SELECT id, 'paid-' || ltrim(right(id::text, 12), '0'), CASE WHEN user_id = 'f' THEN 'voiding' ELSE 'captured' END,
                  total, currency
           FROM bookings WHERE user_id <> 'b'`,
        );
      }
    }
    const expected = await inTurn(manyConfirms(single, keepsAccount), single.confirm);
    const answers = await atOnce(manyConfirms(together, keepsAccount), together.confirm);
    expect(answers).toEqual(expected);
    expect(await together.stored()).toEqual(await single.stored());
    expect(expected).toContainEqual(expect.objectContaining({ outcome: "hold-expired" }));
    expect(expected).toContainEqual(expect.objectContaining({ outcome: "limit-exceeded" }));
    const gone = expected.filter((it) => (it as { outcome: string }).outcome === "payment-gone");
    expect(gone).toHaveLength(keepsAccount ? 3 : 0);
  },
);

test("a confirm whose ticket was blocked fails alone, and a cancelled event confirms nobody", async () => {
  const world = await openStepWorld(await createTestDatabase());
  const { hold, holdCall, confirm, confirmCall, ids, sql } = world;
  for (const [at, userId] of ["a", "b", "c"].entries()) {
    await hold(holdCall(at + 1, userId, [ids[at] ?? ""]));
  }
  await sql("UPDATE tickets SET status = 'blocked' WHERE id = $1", [ids[1]]);
  const both = await atOnce([confirmCall(1, "a"), confirmCall(2, "b")], confirm);
  expect(both).toMatchObject([{ outcome: "confirmed" }, "FR002"]);
  await sql("UPDATE tickets SET status = 'available' WHERE id = $1", [ids[1]]);
  await sql("UPDATE events SET status = 'cancelled'");
  const shut = { outcome: "sale-not-open", reason: "cancelled" };
  const late = await atOnce([confirmCall(2, "b"), confirmCall(3, "c")], confirm);
  expect(late).toEqual([shut, shut]);
});
