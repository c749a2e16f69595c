import { expect, test, vi } from "vitest";
import { byUser, gatherCalls } from "./gather-calls.ts";

interface Call {
  readonly userId: string;
  readonly isLate?: () => boolean;
}

/** As the database would: transactions end when the test says so. */
function open() {
  const sent: { users: string[]; end: (error?: Error) => void }[] = [];
  const begin = (users: string[]) =>
    new Promise<string[]>((resolve, reject) => {
      const end = (error?: Error) =>
        error ? reject(error) : resolve(users.map((it) => `for ${it}`));
      sent.push({ users, end });
    });
  let nowMs = 0;
  const call = gatherCalls<Call, string>(
    {
      one: async ({ userId }) => (await begin([userId]))[0] ?? "",
      many: (calls) => begin(calls.map(({ userId }) => userId)),
      ...byUser,
    },
    () => nowMs,
  );
  return {
    call: (userId: string, isLate?: () => boolean) => call({ userId, ...(isLate && { isLate }) }),
    users: () => sent.map(({ users }) => users),
    end: (index: number, error?: Error) => sent[index]?.end(error),
    pass: (ms: number) => {
      nowMs += ms;
    },
  };
}

const failure = (code: string) => Object.assign(new Error("no"), { code, severity: "ERROR" });

/** One that is under way, so that whatever comes now waits. */
async function busy() {
  const calls = open();
  const first = calls.call("u1");
  await vi.waitFor(() => expect(calls.users()).toHaveLength(1));
  return { ...calls, first };
}

test("a call that meets none under way goes at once, with what comes in the same turn", async () => {
  const { call, users, end } = open();
  const first = call("u2");
  const second = call("u1");
  await vi.waitFor(() => expect(users()).toEqual([["u1", "u2"]]));
  end(0);
  expect(await Promise.all([first, second])).toEqual(["for u2", "for u1"]);
});

test("a call that comes alone goes alone", async () => {
  const { users, end, first } = await busy();
  expect(users()).toEqual([["u1"]]);
  end(0);
  expect(await first).toBe("for u1");
});

test("a crowd goes in parts", async () => {
  const { call, users, end } = await busy();
  const crowd = Array.from({ length: 40 }, (_, turn) => call(`c${turn}`));
  end(0);
  await vi.waitFor(() => expect(users()[1]).toHaveLength(32));
  end(1);
  await vi.waitFor(() => expect(users()[2]).toHaveLength(8));
  end(2);
  expect(await Promise.all(crowd)).toHaveLength(40);
});

test("what comes meanwhile goes together, in the order of its locks, and everybody gets their own answer", async () => {
  const { call, users, end } = await busy();
  const later = ["u9", "u3", "u5"].map((user) => call(user));
  end(0);
  await vi.waitFor(() => expect(users()[1]).toEqual(["u3", "u5", "u9"]));
  end(1);
  expect(await Promise.all(later)).toEqual(["for u9", "for u3", "for u5"]);
});

test.each(["FR001", "FR002", "40P01", "22021"])(
  "a transaction of several that is rolled back (%s) harms nobody but whose fault it is",
  async (code) => {
    const { call, users, end } = await busy();
    const good = call("u3");
    const bad = call("u4");
    end(0);
    await vi.waitFor(() => expect(users()).toHaveLength(2));
    end(1, failure(code));
    await vi.waitFor(() => expect(users().slice(2)).toEqual([["u3"], ["u4"]]));
    end(2);
    end(3, failure(code));
    expect(await good).toBe("for u3");
    await expect(bad).rejects.toMatchObject({ code });
  },
);

test.each(["08006", "57P01", "53300"])(
  "after %s nothing is tried again: it may have happened",
  async (code) => {
    const { call, users, end } = await busy();
    const both = [call("u3"), call("u4")].map((it) => it.catch((error: unknown) => error));
    end(0);
    await vi.waitFor(() => expect(users()).toHaveLength(2));
    end(1, failure(code));
    expect(await Promise.all(both)).toMatchObject([{ code }, { code }]);
    expect(users()).toHaveLength(2);
  },
);

test("what nobody waits for any more is not begun", async () => {
  const { call, users, end } = await busy();
  const late = call("u3", () => true);
  const other = call("u4");
  end(0);
  await expect(late).rejects.toMatchObject({ code: "service-unavailable" });
  await vi.waitFor(() => expect(users()[1]).toEqual(["u4"]));
  end(1);
  expect(await other).toBe("for u4");
});

test("behind a database that hangs nobody waits for long, and no more than some", async () => {
  vi.useFakeTimers();
  try {
    const { call, pass } = await busy();
    const waiting = Array.from({ length: 201 }, (_, turn) =>
      call(`w${turn}`).catch((error: unknown) => error),
    );
    expect(await waiting[200]).toMatchObject({ code: "53300" });
    pass(2_000);
    await vi.advanceTimersByTimeAsync(2_000);
    const told = await Promise.all(waiting);
    expect(told.every((it) => (it as { code?: string }).code === "53300")).toBe(true);
  } finally {
    vi.useRealTimers();
  }
});
