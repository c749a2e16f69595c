import { expect, test } from "vitest";
import { insertEvent, insertTickets } from "../db/testing/factories.ts";
import { openDatabase } from "../db/client.ts";
import { createTestOrigin } from "./testing/test-origin.ts";

test("a hold that nobody waits for any more once its seats are locked is not stored, and its locks go", async () => {
  let isLate = false;
  const { ask, database } = await createTestOrigin((real) => ({
    now: () => Date.now() + (isLate ? 20_000 : 0),
    redis: new Proxy(real.redis, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name, target);
        if (name !== "evalsha" && name !== "eval") return member;
        return async (...args: unknown[]) => {
          const answer: unknown = await Reflect.apply(
            member as (...given: unknown[]) => unknown,
            target,
            args,
          );
          isLate = true;
          return answer;
        };
      },
    }),
  }));
  const event = await insertEvent(database.db);
  const [ticket] = await insertTickets(database.db, event);
  const hold = (deadline: number) =>
    ask(`/bookings/${event.id}`, {
      method: "POST",
      user: "alice",
      body: { ticketIds: [String(ticket?.id)] },
      deadline,
    });
  const res = await hold(Date.now() + 15_000);
  expect([res.status, await res.json()]).toMatchObject([503, { code: "service-unavailable" }]);
  const { rows } = await database.pool.query("SELECT count(*)::int AS n FROM bookings");
  expect(rows).toEqual([{ n: 0 }]);
  // The seat is free: somebody who waits long enough gets it.
  expect((await hold(Date.now() + 300_000)).status).toBe(201);
});

test("when enough callers wait for the database, further ones are refused at once, with Retry-After", async () => {
  const { database, databaseUrl } = await createTestOrigin();
  const small = openDatabase({ url: databaseUrl, poolSize: 1, waitersMax: 2 });
  const { ask } = await createTestOrigin(() => ({ db: small.db }));
  const event = await insertEvent(database.db);
  const taken = await small.pool.connect();
  const waiting = [1, 2].map(() => small.pool.query("SELECT 1"));
  await expect.poll(() => small.pool.waitingCount).toBe(2);
  const res = await ask(`/events/${event.id}`);
  expect([res.status, await res.json()]).toMatchObject([503, { code: "service-unavailable" }]);
  expect(res.headers.get("Retry-After")).toMatch(/^\d+$/);
  await expect(small.pool.query("SELECT 1")).rejects.toMatchObject({ code: "53300" });
  taken.release();
  expect((await Promise.all(waiting)).map(({ rowCount }) => rowCount)).toEqual([1, 1]);
  expect((await ask(`/events/${event.id}`)).status).toBe(200);
  await small.close();
});
