import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

const root = join(import.meta.dirname, "..");

describe.each([
  { document: "docs/indexer-failures.md", rows: 28 },
  { document: "docs/search-server-facts.md", rows: 19 },
])("$document", ({ document, rows }) => {
  const table = readFileSync(join(root, document), "utf8")
    .split("\n")
    .filter((line) => /^\| *(?:\d+)? *\|/.test(line))
    .map((line) => line.split("|").map((cell) => cell.trim()));

  test("no row is missing", () => {
    const numbers = table.map((cells) => cells[1]).filter((cell) => cell !== "");
    expect(numbers).toEqual(Array.from({ length: rows }, (_, index) => String(index + 1)));
  });

  test.each(table.map((cells) => cells[3] ?? ""))("%s is there", (cell) => {
    const [, file, name] = /^`(.+)`: "(.+)"$/.exec(cell) ?? [];
    if (!file || !name) throw new TypeError(`names no test: ${cell}`);
    const source = readFileSync(join(root, file), "utf8");
    // A title is followed by a quote, or by what the cases of a table add to it.
    expect(source.includes(`"${name}"`) || source.includes(`"${name} (`)).toBe(true);
  });
});
