import { searchAlias } from "../../contracts/search-document.ts";
import { encodeParameter } from "./encode-parameter.ts";
import type { NormalSearch } from "./normalise.ts";

/** The searched fields, from the most to the least telling: weight, prefixes, typos allowed. */
const fields = [
  ["name", 10, true, 2],
  ["performer_names", 10, true, 2],
  ["aliases", 8, true, 1],
  ["venue_name", 4, true, 1],
  ["city", 2, false, 1],
  ["category", 1, false, 0],
] as const;

const column = (index: 0 | 1 | 2 | 3) => fields.map((field) => String(field[index])).join(",");

/** Ties beyond the third key would fall back to insertion order, which changes at every rebuild. */
const sorts = {
  relevance: encodeParameter("sort_by", "_text_match(buckets: 10):desc,starts_at:asc,ord:asc"),
  date: encodeParameter("sort_by", "starts_at:asc,ord:asc"),
  price: encodeParameter("sort_by", "min_price:asc,starts_at:asc,ord:asc"),
} as const;

/** The filter of a search that names none. */
const notPast = "past:=false";
const encodedNotPast = encodeParameter("filter_by", notPast);

/** What is the same for all; made once, since writing it out for each search took a tenth of the edge's work on it. */
const common = new URLSearchParams({
  query_by: column(0),
  query_by_weights: column(1),
  prefix: column(2),
  num_typos: column(3),
  min_len_1typo: "4",
  min_len_2typo: "7",
  typo_tokens_threshold: "1",
  drop_tokens_threshold: "1",
  split_join_tokens: "fallback",
  include_fields: "shown",
  highlight_fields: "none",
  highlight_full_fields: "none",
  enable_highlight_v1: "false",
  search_cutoff_ms: "150",
  use_cache: "false",
}).toString();

/**
 * The request for Typesense: path and query. Every parameter was measured; see the notes on filters, which dominate.
 * @param search a normal search that is not `exact`: no filter finds a name without a letter
 */
export function toTypesensePath(search: NormalSearch): string {
  const { keyword, page, pageSize } = search;
  const own =
    encodeParameter("q", keyword === "" ? "*" : keyword) +
    encodeParameter("per_page", String(pageSize)) +
    encodeParameter("page", String(page));
  const filter = toFilter(search);
  const filtered = filter === notPast ? encodedNotPast : encodeParameter("filter_by", filter);
  const sorted = keyword === "" && search.sort === "relevance" ? sorts.date : sorts[search.sort];
  return `/collections/${searchAlias}/documents/search?${own.slice(1)}${filtered}${sorted}&${common}`;
}

/** Without a start the flag `past` filters: a range open at one end matches nearly all and costs four times the rest. */
function toFilter(search: NormalSearch): string {
  const { startSeconds, endSeconds, city, country, category, performerId, venueId } = search;
  const times = toTimes(startSeconds, endSeconds);
  const filters: string[] = [];
  if (startSeconds === undefined) filters.push(notPast);
  if (times !== undefined) filters.push(times);
  if (city !== undefined) filters.push(`city:=${quoted(city)}`);
  if (country !== undefined) filters.push(`country:=${quoted(country)}`);
  if (category !== undefined) filters.push(`category:=${quoted(category)}`);
  if (performerId !== undefined) filters.push(`performer_ids:=${quoted(performerId)}`);
  if (venueId !== undefined) filters.push(`venue_id:=${quoted(venueId)}`);
  if (search.available) filters.push("available:>0");
  return filters.join(" && ");
}

function toTimes(start: number | undefined, end: number | undefined): string | undefined {
  if (start !== undefined && end !== undefined) return `starts_at:[${start}..${end - 1}]`;
  if (start !== undefined) return `starts_at:>=${start}`;
  return end === undefined ? undefined : `starts_at:<${end}`;
}

/** Backticks end a quoted value and cannot be escaped: no name has one. */
function quoted(value: string): string {
  return `\`${value.replaceAll("`", "")}\``;
}
