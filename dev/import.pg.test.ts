import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, expect, test } from "vitest";
import { createTestDatabase } from "../db/testing/database.ts";

const { url, database } = await createTestDatabase();
const directory = await mkdtemp(join(tmpdir(), "import-"));
afterAll(() => rm(directory, { recursive: true }));

const event = (id: string, startDate: string) =>
  JSON.stringify({
    "@type": "TheaterEvent",
    identifier: id,
    name: `Play ${id}`,
    startDate,
    location: { name: "Stage", maximumAttendeeCapacity: 20, address: "Main St 1, Leeds, UK" },
  });

interface Result {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function run(content: string | undefined, ...more: string[]): Promise<Result> {
  const file = join(directory, "events.jsonld");
  if (content !== undefined) await writeFile(file, content);
  const args = [join(import.meta.dirname, "import.ts"), ...(content === undefined ? [] : [file])];
  return promisify(execFile)(process.execPath, [...args, ...more], {
    env: { ...process.env, DATABASE_URL: url },
  }).then(
    (done) => ({ ...done, code: 0 }),
    (failed: Result) => failed,
  );
}

test("good items go in, bad ones are listed with line and path, and the exit code says so", async () => {
  const file = [event("a", "2030-05-01T19:30:00"), event("b", "later"), "{", ""].join("\n");
  const { code, stdout, stderr } = await run(file, "--days-later", "7");
  expect(stdout).toBe(
    "imported 1 events (1 new, 0 updated, 0 unchanged), 20 tickets made, 2 items left out\n",
  );
  expect(stderr).toContain("line 2: $.startDate: must be a date");
  expect(stderr).toContain("line 3: $: ");
  expect(code).toBe(1);
  const { rows } = await database.pool.query<{ starts_at: Date }>("SELECT starts_at FROM events");
  expect(rows.map((row) => row.starts_at.toISOString())).toEqual(["2030-05-08T18:30:00.000Z"]);
});

test("without a bad item it succeeds, as often as it is run", async () => {
  const file = `[${event("c", "2030-05-01")}]`;
  expect(await run(file)).toMatchObject({ code: 0, stderr: "" });
  const again = await run(file);
  expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining("1 unchanged") });
});

test.each([
  ["no file", undefined, [], 2, "usage:"],
  ["a file that is not there", undefined, ["nowhere.jsonld"], 1, "nowhere.jsonld: "],
  ["days that are no number", "[]", ["--days-later", "x"], 2, "whole number of days"],
  ["an unknown option", "[]", ["--quickly"], 2, "--quickly"],
  ["a file without events", "[]", [], 1, "no event"],
  ["a file that is not JSON", "BEGIN:VCALENDAR", [], 1, "line 1: $: "],
])("%s is said, without a stack trace", async (_name, content, args, code, message) => {
  const result = await run(content, ...args);
  expect(result.code).toBe(code);
  expect(result.stderr).toContain(message);
  expect(result.stderr).not.toMatch(/^\s+at /m);
});

test("bytes that are no UTF-8 are refused rather than guessed", async () => {
  const file = join(directory, "latin1.jsonld");
  await writeFile(file, Buffer.from('{"name": "Caf\xe9"}', "latin1"));
  expect(await run(undefined, file)).toMatchObject({ code: 1, stdout: "" });
});
