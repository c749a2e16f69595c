import { expect, test, vi } from "vitest";
import { takeTurns } from "./take-turns.ts";

/** Work that ends when it is told to. */
function piece() {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  return { work: vi.fn<() => Promise<string>>(() => promise), end: resolve, fail: reject };
}

const soon = () => new Promise((resolve) => setImmediate(resolve));

test("no more than so many are done at a time, and whoever came first has the next turn", async () => {
  const inTurn = takeTurns({ most: 2, waitMsMax: 10_000 });
  const pieces = Array.from({ length: 4 }, piece);
  const answers = pieces.map(({ work }) => inTurn(work));
  await soon();
  expect(pieces.map(({ work }) => work.mock.calls.length)).toEqual([1, 1, 0, 0]);
  pieces[1]?.end("second");
  expect(await answers[1]).toBe("second");
  expect(pieces.map(({ work }) => work.mock.calls.length)).toEqual([1, 1, 1, 0]);
  for (const { end } of pieces) end("done");
  expect(await Promise.all(answers)).toEqual(["done", "second", "done", "done"]);
});

test("work that fails gives its turn back, as often as it fails", async () => {
  const inTurn = takeTurns({ most: 1, waitMsMax: 10_000 });
  for (let turn = 0; turn < 3; turn++) {
    const { work, fail } = piece();
    const answer = inTurn(work);
    fail(new Error(`no ${turn}`));
    await expect(answer).rejects.toThrow(`no ${turn}`);
  }
  expect(await inTurn(async () => "yes")).toBe("yes");
});

test("whose turn does not come in time is told so, and does not begin later", async () => {
  const inTurn = takeTurns({ most: 1, waitMsMax: 5 });
  const [first, late] = [piece(), piece()];
  const done = inTurn(first.work);
  await expect(inTurn(late.work)).rejects.toMatchObject({
    code: "service-unavailable",
    retryAfterSeconds: 1,
  });
  first.end("done");
  expect(await done).toBe("done");
  await soon();
  expect(late.work).not.toHaveBeenCalled();
  expect(await inTurn(async () => "next")).toBe("next");
});
