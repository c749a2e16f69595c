import type { SearchQuery } from "../../contracts/search.ts";
import { encodeParameter } from "./encode-parameter.ts";

const minuteSeconds = 60;
/** `\p{M}`: the vowel signs of many scripts are marks of their own. `&` and `+` are indexed, too ("C+C"). */
const token = /[\p{L}\p{N}\p{M}&+]/u;

/** What no folding changes, nor anything else that is done to keywords; most are so. */
const folded = /^[a-z0-9]+(?: [a-z0-9]+)*$/;

/** A search as it is asked and cached: spelt one way, whatever way it was typed. Times are Unix seconds. */
export interface NormalSearch {
  readonly keyword: string;
  /** A keyword without a letter or digit (`!!!`, a real band) would match everything: only the exact name counts. */
  readonly exact: boolean;
  readonly startSeconds: number | undefined;
  readonly endSeconds: number | undefined;
  readonly city: string | undefined;
  readonly country: string | undefined;
  readonly category: string | undefined;
  readonly performerId: string | undefined;
  readonly venueId: string | undefined;
  readonly available: boolean;
  readonly sort: "relevance" | "date" | "price";
  readonly page: number;
  readonly pageSize: number;
}

/**
 * Folds what means the same into one form, so that cache keys are shared: NFC, lower case, single spaces, whole minutes.
 * @param query as the contract parsed it
 */
export function normaliseSearch(query: SearchQuery): NormalSearch {
  const { keyword, exact } = normaliseKeyword(query.keyword ?? "");
  return {
    keyword,
    exact,
    startSeconds: toSeconds(query.start),
    endSeconds: toSeconds(query.end),
    city: toFilter(query.city),
    country: query.country?.toUpperCase(),
    category: toFilter(query.category),
    performerId: query.performerId,
    venueId: query.venueId,
    available: query.available === "true",
    sort: query.sort ?? (keyword === "" ? "date" : "relevance"),
    page: query.page,
    pageSize: query.pageSize,
  };
}

/** The query string of a normal search, in one order and without what is absent: the cache key, and what the origin is asked. */
export function toQueryString(search: NormalSearch): string {
  const { keyword, startSeconds, endSeconds, available, sort, page, pageSize } = search;
  // Written one by one: a list of them takes several times as long to make and to walk.
  const query =
    encodeParameter("available", available ? "true" : undefined) +
    encodeParameter("category", search.category) +
    encodeParameter("city", search.city) +
    encodeParameter("country", search.country) +
    encodeParameter("end", toTime(endSeconds)) +
    encodeParameter("keyword", keyword === "" ? undefined : keyword) +
    encodeParameter("page", String(page)) +
    encodeParameter("pageSize", String(pageSize)) +
    encodeParameter("performerId", search.performerId) +
    encodeParameter("sort", sort) +
    encodeParameter("start", toTime(startSeconds)) +
    encodeParameter("venueId", search.venueId);
  return query.slice(1);
}

function normaliseKeyword(typed: string): Pick<NormalSearch, "keyword" | "exact"> {
  if (folded.test(typed)) return { keyword: typed, exact: false };
  const spelt = fold(typed);
  const exact = spelt !== "" && !token.test(spelt);
  // A leading minus excludes and quotes demand a phrase: nobody types them on purpose here.
  const keyword = exact ? spelt : fold(spelt.replace(/(^|\s)-+/g, "$1").replaceAll('"', " "));
  return { keyword, exact };
}

/** Filters ignore case. */
function toFilter(text: string | undefined): string | undefined {
  return text === undefined ? undefined : fold(text);
}

function fold(text: string): string {
  if (folded.test(text)) return text;
  return text.normalize("NFC").toLowerCase().replaceAll(/\s+/g, " ").trim();
}

/** Rounded down to the minute: a key per second would never be hit. */
function toSeconds(time: string | undefined): number | undefined {
  if (time === undefined) return undefined;
  const seconds = Math.floor(Date.parse(time) / 1000);
  return seconds - (seconds % minuteSeconds);
}

function toTime(seconds: number | undefined): string | undefined {
  return seconds === undefined ? undefined : new Date(seconds * 1000).toISOString();
}
