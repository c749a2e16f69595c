import fc from "fast-check";
import { expect, test } from "vitest";
import { childPositions } from "./json-positions.ts";
import { readItems } from "./read-items.ts";

function found(text: string): unknown[] {
  return readItems(text).items.map(({ value, line, path }) => [value, line, path]);
}

test("one object is one item", () => {
  expect(found('\n {"a": 1}\n')).toEqual([[{ a: 1 }, 2, "$"]]);
});

test("each element of an array is an item with its line, brackets within strings notwithstanding", () => {
  expect(found('[\n{"a": "]}\\"["},\n\n{"a": 2},\n{"a":\n3}]')).toEqual([
    [{ a: ']}"[' }, 2, "$[0]"],
    [{ a: 2 }, 4, "$[1]"],
    [{ a: 3 }, 5, "$[2]"],
  ]);
});

test("a graph is looked into, also one of several", () => {
  const text = '[{"a": 1},\n{"@context": {"@graph": 0}, "@graph": [{"b": 1},\n{"b": 2}]}\n]';
  expect(found(text)).toEqual([
    [{ a: 1 }, 1, "$[0]"],
    [{ b: 1 }, 2, "$[1]['@graph'][0]"],
    [{ b: 2 }, 3, "$[1]['@graph'][1]"],
  ]);
  expect(found('{"@graph": {"b": 1}}')).toEqual([[{ b: 1 }, 1, "$['@graph']"]]);
});

test("of a graph that comes twice the last counts, with its place", () => {
  expect(found('{"@graph": [{"a": 1}],\n"@graph": [\n{"b": 2}]}')).toEqual([
    [{ b: 2 }, 3, "$['@graph'][0]"],
  ]);
});

test("one object per line, with a byte order mark, blank lines and Windows line ends", () => {
  expect(found('\uFEFF{"a": 1}\r\n\r\n{"a": 2}\r\n')).toEqual([
    [{ a: 1 }, 1, "$"],
    [{ a: 2 }, 3, "$"],
  ]);
});

test("a broken line costs the other lines nothing, in an array with one object per line, too", () => {
  for (const text of [
    '[\n{"a": 1},\n{"a": 2,\n{"a": 3}\n]\n',
    '[{"a": 1},\n\n{"a" 2},\n{"a": 3}]',
  ]) {
    const { items, unreadable } = readItems(text);
    expect(items.map(({ value, line }) => [value, line])).toEqual([
      [{ a: 1 }, text.startsWith("[\n") ? 2 : 1],
      [{ a: 3 }, 4],
    ]);
    expect(unreadable).toEqual([{ line: 3, path: "$", message: expect.stringContaining("JSON") }]);
  }
});

test.each([
  ["an empty file", "", 1],
  ["text", "hello", 1],
  ["an indented document with a mistake", '{\n  "name": "x",\n  "at" 3\n}', 3],
])("%s is one error, not many", (_name, text, line) => {
  const { items, unreadable } = readItems(text);
  expect(items).toEqual([]);
  expect(unreadable).toEqual([{ line, path: "$", message: expect.any(String) }]);
});

test("nesting of any depth is survived", () => {
  const depth = 100_000;
  const { items } = readItems(`${"[".repeat(depth)}1${"]".repeat(depth)}`);
  expect(items).toHaveLength(1);
});

test("positions point at the values that JSON.parse finds, whatever the document", () => {
  const json = fc.oneof(fc.array(fc.jsonValue()), fc.dictionary(fc.string(), fc.jsonValue()));
  fc.assert(
    fc.property(json, fc.constantFrom(undefined, 2), (value, indent) => {
      const text = JSON.stringify(value, null, indent);
      const positions = childPositions(text, 0);
      const entries = Object.entries(JSON.parse(text) as Record<string, unknown>);
      expect(positions).toHaveLength(entries.length);
      for (const [index, [key, child]] of entries.entries()) {
        const { offset = -1, key: foundKey } = Array.isArray(value)
          ? { ...positions[index], key }
          : (positions.find((it) => it.key === key) ?? {});
        expect(foundKey).toBe(key);
        const begin = JSON.stringify(child, null, indent).slice(0, 1);
        expect(text.slice(offset, offset + 1)).toBe(begin);
      }
    }),
  );
});
