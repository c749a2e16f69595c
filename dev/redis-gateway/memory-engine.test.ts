import { expect, test } from "vitest";
import { createMemoryEngine } from "./memory-engine.ts";
import { writeOutcome } from "./reply.ts";

const engine = createMemoryEngine();
const ask = async (...command: [string, ...string[]]) =>
  JSON.parse(writeOutcome(await engine.run(command), "text"));

test("the imitation keeps what it is given", async () => {
  expect(await ask("SET", "a", "1")).toEqual({ result: "OK" });
  expect(await ask("INCR", "a")).toEqual({ result: 2 });
  expect(await ask("GET", "a")).toEqual({ result: "2" });
  expect(await ask("GET", "none")).toEqual({ result: null });
});

test("a script runs by its hash once it was seen, and is asked for before", async () => {
  const script = "return {KEYS[1], ARGV[1]}";
  const sha = "0000000000000000000000000000000000000000";
  expect(await ask("EVALSHA", sha, "0")).toEqual({ error: expect.stringMatching(/^NOSCRIPT/) });
  const loaded = (await ask("SCRIPT", "LOAD", script)) as { result: string };
  expect(await ask("EVALSHA", loaded.result, "1", "k", "v")).toEqual({ result: ["k", "v"] });
});

test("what it cannot do is an error, not a wrong answer", async () => {
  expect(await ask("NONSENSE")).toEqual({ error: "ERR unknown command 'NONSENSE'" });
});

test("transactions do not interleave", async () => {
  const twice = () =>
    engine.transact([
      ["incr", "n"],
      ["incr", "n"],
    ]);
  const answers = await Promise.all([twice(), twice(), twice()]);
  expect(answers).toEqual([
    [1, 2],
    [3, 4],
    [5, 6],
  ]);
});
