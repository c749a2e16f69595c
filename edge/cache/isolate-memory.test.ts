import fc from "fast-check";
import { expect, test } from "vitest";
import { IsolateMemory } from "./isolate-memory.ts";
import { answerOf } from "./testing.ts";

const bounds = { keptMax: 4_000, onceMax: 4_000 };

test("however much is asked for once, it does not push out what many ask for", () => {
  const memory = new IsolateMemory(bounds);
  memory.keep("many", answerOf(1, 0));
  for (let n = 0; n < 1_000; n++) memory.keepOnce(`once/${n}`, answerOf(n, 0));
  expect(memory.get("many")).toBeDefined();
  expect(memory.get("once/999")).toBeDefined();
  expect(memory.get("once/0")).toBeUndefined();
});

test("what is asked for again is told so once, and stays whatever else is asked for once", () => {
  const memory = new IsolateMemory(bounds);
  memory.keepOnce("twice", answerOf(1, 0));
  expect([memory.askedAgain("twice"), memory.askedAgain("twice")]).toEqual([true, false]);
  expect(memory.askedAgain("never")).toBe(false);
  for (let n = 0; n < 1_000; n++) memory.keepOnce(`once/${n}`, answerOf(n, 0));
  expect(memory.get("twice")).toBeDefined();
});

test("an answer that was replaced meanwhile is not put back", () => {
  const memory = new IsolateMemory(bounds);
  const [old, packed, latest] = [answerOf(1, 0), answerOf(1, 0), answerOf(2, 0)];
  memory.keepOnce("key", old);
  memory.replace("key", old, packed);
  expect(memory.get("key")).toBe(packed);
  memory.keep("key", latest);
  memory.replace("key", packed, old);
  expect(memory.get("key")).toBe(latest);
});

test("of a key there is one answer, the last one, wherever it stands", () => {
  const key = fc.constantFrom("a", "b");
  const command = fc.record({ how: fc.constantFrom("keep", "keepOnce", "again"), key });
  fc.assert(
    fc.property(fc.array(command), (commands) => {
      const memory = new IsolateMemory({ keptMax: 1e6, onceMax: 1e6 });
      const last = new Map<string, unknown>();
      for (const [n, it] of commands.entries()) {
        if (it.how === "again") {
          memory.askedAgain(it.key);
        } else {
          const answer = answerOf(n, 0);
          memory[it.how === "keep" ? "keep" : "keepOnce"](it.key, answer);
          last.set(it.key, answer);
        }
        for (const at of ["a", "b"]) expect(memory.get(at)).toBe(last.get(at));
      }
    }),
  );
});
