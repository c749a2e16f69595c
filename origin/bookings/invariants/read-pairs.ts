import * as z from "zod";

const Flat = z.array(z.coerce.string()).nullable();

/** What Redis answers for a hash, or for a sorted set with its scores: names and values in turn. */
export function readPairs(answer: unknown): Map<string, string> {
  const items = Flat.parse(answer) ?? [];
  const names = items.filter((_, at) => at % 2 === 0);
  return new Map(names.map((name, at) => [name, items[at * 2 + 1] ?? ""]));
}
