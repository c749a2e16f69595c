import { getQueryParam } from "hono/utils/url";
import { SearchQuery } from "../../contracts/search.ts";

/** A keyword and nothing else, of letters and digits: nothing that the contract could object to. */
const simple = /^keyword=((?:[A-Za-z0-9]|%20|\+){1,100})$/;

type Read = { readonly success: true; readonly data: SearchQuery };

/**
 * Reads the query of a search by its contract. Most are a keyword alone, and Workers interpret a schema: it takes as long
 * as writing the answer's headers. Of parameters that come twice the first counts.
 * @param query as it stands in the address, without its question mark
 */
export function readSearchQuery(query: string): Read | ReturnType<typeof SearchQuery.safeParse> {
  const [, typed] = simple.exec(query) ?? [];
  if (typed === undefined) return readAny(query);
  const keyword = typed.replaceAll(/%20|\+/g, " ").trim();
  return { success: true, data: { keyword, page: 1, pageSize: 20 } };
}

/** By the contract alone. */
export function readAny(query: string): ReturnType<typeof SearchQuery.safeParse> {
  const parameters = getQueryParam(`https://edge/?${query}`);
  return SearchQuery.safeParse(typeof parameters === "object" ? parameters : {});
}
