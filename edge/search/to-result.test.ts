import { expect, test } from "vitest";
import { toResultText } from "./to-result.ts";

const search = { pageSize: 20, page: 1 };
const answerOf = (...documents: unknown[]) => ({
  found: 7,
  out_of: 50,
  hits: documents.map((document) => ({ document, text_match: 1 })),
});
const read = (answer: unknown): unknown => JSON.parse(toResultText(answer, search).result);

test("an answer becomes what the contract promises, each event as the indexer wrote it", () => {
  const { documents } = toResultText(answerOf(), search);
  expect(documents).toBe(50);
  const [one, other] = [{ id: "1", name: '"Ünder" \\ Łódź' }, { id: "2" }];
  const answer = answerOf({ shown: JSON.stringify(one) }, { shown: JSON.stringify(other) });
  expect(read(answer)).toEqual({
    events: [one, other],
    page: 1,
    pageSize: 20,
    total: 7,
    partial: false,
    degraded: false,
  });
});

test("nothing found is an answer, and one that was cut off says so", () => {
  expect(read({ ...answerOf(), found: 0, search_cutoff: true })).toMatchObject({
    events: [],
    total: 0,
    partial: true,
  });
});

test.each([
  ["found", "many"],
  ["out_of", 1.5],
  ["hits", {}],
  ["search_cutoff", "yes"],
])("an answer whose %s is %j is none of Typesense's", (name, value) => {
  expect(() => read({ ...answerOf(), [name]: value })).toThrow(name);
});

test.each([
  [undefined],
  [null],
  ["text"],
  [{}],
  [{ shown: 1 }],
  [{ shown: "" }],
  [{ shown: '{"id":' }],
])("a document of %j is none of ours", (document) => {
  expect(() => read(answerOf(document))).toThrow(TypeError);
});
