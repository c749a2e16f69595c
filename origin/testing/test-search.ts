import { expect } from "vitest";
import { SearchResult } from "../../contracts/search.ts";
import type { TestOrigin } from "./test-origin.ts";

/** Searches through the origin's route. */
export function createSearch({ ask }: TestOrigin) {
  const search = async (query: string): Promise<SearchResult> => {
    const res = await ask(`/events/search?${query}`);
    expect(res.status).toBe(200);
    expect(res.headers.get("Cache-Control")).toBe("public, max-age=10");
    return SearchResult.parse(await res.json());
  };
  return {
    search,
    /** The names of what is found, in order. */
    names: async (query: string) => (await search(query)).events.map(({ name }) => name),
  };
}
