import type { SearchResult } from "../../contracts/search.ts";
import type { PageContext } from "./context.ts";
import { notFoundPage, problemPage } from "./errors.tsx";
import { localPath, locales } from "./locale.ts";

/** A search page holds 100 events; more of them than this are told month by month. */
const eventsPerPage = 100;
const pagesMax = 10;
/** Months that the index names; the last one also holds whatever comes after it. */
const monthsAhead = 24;
/** How deep the search goes: 10,000 events a month. */
const pagesOfMonthMax = 100;

/**
 * `/sitemap.xml`: the home page and the events to come, in every language. Where these are more than one answer should
 * list, it is the index of a sitemap for each month.
 */
export async function sitemap(c: PageContext): Promise<Response> {
  const { deps } = c.var;
  const first = await searchPage(c, new URLSearchParams(), 1);
  if (!first.ok) return problemPage(c, first.problem);
  if (first.value.total <= pagesMax * eventsPerPage) {
    return xml(c, await urlSet(c, new URLSearchParams(), ["/"], first.value));
  }
  const entries = months(deps.now()).map(
    ({ name }) => `<sitemap><loc>${deps.publicOrigin}/sitemap-${name}.xml</loc></sitemap>`,
  );
  return xml(c, `<sitemapindex ${namespace}>\n${entries.join("\n")}\n</sitemapindex>`);
}

/** `/sitemap-2026-11.xml`: the events of one month. */
export async function monthSitemap(c: PageContext): Promise<Response> {
  const name = /^sitemap-(\d{4}-\d\d)\.xml$/.exec(c.req.param("file") ?? "")?.[1];
  const month = months(c.get("deps").now()).find((it) => it.name === name);
  if (!month) return notFoundPage(c);
  const query = new URLSearchParams({
    ...(month.start === undefined ? {} : { start: month.start }),
    ...(month.end === undefined ? {} : { end: month.end }),
  });
  const first = await searchPage(c, query, 1);
  if (!first.ok) return problemPage(c, first.problem);
  return xml(c, await urlSet(c, query, [], first.value));
}

/** The months from now on: the first begins with the events still to come, the last never ends. */
function months(now: number) {
  const today = new Date(now);
  return Array.from({ length: monthsAhead }, (_, nth) => {
    const from = new Date(Date.UTC(today.getUTCFullYear(), today.getUTCMonth() + nth, 1));
    const to = new Date(Date.UTC(today.getUTCFullYear(), today.getUTCMonth() + nth + 1, 1));
    return {
      name: day(from).slice(0, 7),
      start: nth === 0 ? undefined : day(from),
      end: nth === monthsAhead - 1 ? undefined : day(to),
    };
  });
}

function day(date: Date): string {
  return date.toISOString().slice(0, 10);
}

async function searchPage(c: PageContext, within: URLSearchParams, page: number) {
  const query = new URLSearchParams(within);
  query.set("sort", "date");
  query.set("pageSize", String(eventsPerPage));
  query.set("page", String(page));
  return c.get("deps").search(query);
}

async function urlSet(
  c: PageContext,
  within: URLSearchParams,
  besides: readonly string[],
  first: SearchResult,
): Promise<string> {
  const found = first.events.map(({ id }) => id);
  const pages = Math.min(pagesOfMonthMax, Math.ceil(first.total / eventsPerPage));
  for (let page = 2; page <= pages; page++) {
    const next = await searchPage(c, within, page);
    if (!next.ok) break; // some events are better than none
    found.push(...next.value.events.map(({ id }) => id));
  }
  const origin = c.get("deps").publicOrigin;
  const urls = [...besides, ...found.map((id) => `/e/${id}`)].flatMap((path) =>
    locales.map((locale) => `<url><loc>${origin}${localPath(locale, path)}</loc></url>`),
  );
  return `<urlset ${namespace}>\n${urls.join("\n")}\n</urlset>`;
}

const namespace = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"';

function xml(c: PageContext, body: string): Response {
  return c.body(`<?xml version="1.0" encoding="UTF-8"?>\n${body}\n`, 200, {
    "Content-Type": "application/xml; charset=utf-8",
    "Cache-Control": "public, max-age=600",
  });
}

/** `/robots.txt`: events are for everybody, what belongs to a person is not. */
export function robots(c: PageContext): Response {
  const closed = ["/hold/", "/tickets", "/auth/", "/wait/", "/console"];
  const lines = locales.flatMap((locale) =>
    closed.map((path) => `Disallow: ${localPath(locale, path)}`),
  );
  const text = `User-agent: *\n${lines.join("\n")}\nSitemap: ${c.get("deps").publicOrigin}/sitemap.xml\n`;
  return c.text(text, 200, { "Cache-Control": "public, max-age=3600" });
}
