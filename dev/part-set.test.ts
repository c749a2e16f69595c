import { expect, test } from "vitest";
import type { Exit, Part } from "./part.ts";
import { PartSet } from "./part-set.ts";
import { createProgress } from "./progress.ts";

interface FakePart extends Part {
  end: (exit: Exit) => void;
}

function makeSet() {
  const stopped: string[] = [];
  const progress = createProgress(() => undefined);
  progress.end();
  const set = new PartSet(progress, () => undefined);
  const start = async (name: string, where = name): Promise<FakePart> => {
    const exited = Promise.withResolvers<Exit>();
    return {
      name,
      state: "own",
      detail: "",
      where,
      exited: exited.promise,
      end: exited.resolve,
      stop: async () => {
        stopped.push(name);
        exited.resolve({ code: 0, signal: null });
      },
    };
  };
  return { set, stopped, start };
}

test("parts are stopped in the opposite order of their starts", async () => {
  const { set, stopped, start } = makeSet();
  await set.begin("first", () => start("first"));
  await set.begin("second", () => start("second"));
  await set.stop();
  expect(stopped).toEqual(["second", "first"]);
});

test("a part that is still starting when the stack stops is stopped, too", async () => {
  const { set, stopped, start } = makeSet();
  const slow = Promise.withResolvers<void>();
  const beginning = set.begin("slow", async () => {
    await slow.promise;
    return await start("slow");
  });
  const stopping = set.stop();
  slow.resolve();
  await Promise.all([beginning, stopping]);
  expect(stopped).toEqual(["slow"]);
});

test("a part that ends by itself is reported with how", async () => {
  const { set, start } = makeSet();
  const part = await set.begin("part", () => start("part"));
  const crashed = new Promise((resolve) => set.onCrash(resolve));
  part.end({ code: null, signal: "SIGSEGV" });
  expect(await crashed).toEqual({ part: "part", reason: "killed by SIGSEGV" });
});

test("parts that are asked to end are no crash", async () => {
  const { set, start } = makeSet();
  const crashes: unknown[] = [];
  set.onCrash((crash) => crashes.push(crash));
  await set.begin("part", () => start("part"));
  await set.restart("part");
  await set.stop();
  expect(crashes).toEqual([]);
});

test("a part that comes back somewhere else is an error: the others would not find it", async () => {
  const { set, start } = makeSet();
  let starts = 0;
  await set.begin("part", () => start("part", `port ${(starts += 1)}`));
  await expect(set.restart("part")).rejects.toThrow(
    "part came back at port 2, the others look for port 1",
  );
});
