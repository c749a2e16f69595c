import type { NormalSearch } from "./normalise.ts";
import { fieldsOf, integer, list, optionalBoolean, text } from "./read-fields.ts";

/**
 * Typesense's answer in the words of the API, a `SearchResult` as JSON. The indexer has written each event as searches
 * show it: they are pasted together as they are (decision 0127).
 * @returns also how many documents there were to choose from
 * @throws TypeError when it is not what the indexer writes
 */
export function toResultText(
  answer: unknown,
  { page, pageSize }: Pick<NormalSearch, "page" | "pageSize">,
): { result: string; documents: number } {
  const it = fieldsOf(answer);
  const events = list(it, "hits").map(toShown).join(",");
  const rest = {
    page,
    pageSize,
    total: integer(it, "found"),
    partial: optionalBoolean(it, "search_cutoff"),
    degraded: false,
  };
  const result = `{"events":[${events}],${JSON.stringify(rest).slice(1)}`;
  return { result, documents: integer(it, "out_of") };
}

function toShown(hit: unknown): string {
  const shown = text(fieldsOf(fieldsOf(hit)["document"]), "shown");
  // Of a text that was cut off nothing may be pasted.
  if (!shown.startsWith("{") || !shown.endsWith("}")) throw new TypeError("shown is no object");
  return shown;
}
