import type { PageContext } from "./context.ts";
import { localPath, locales } from "./locale.ts";

/** Pages of the search walked for the sitemap: 100 events each. */
const pagesMax = 10;

/** `/sitemap.xml`: the home page and the events to come, in every language. */
export async function sitemap(c: PageContext): Promise<Response> {
  const { deps } = c.var;
  const paths = ["/"];
  for (let page = 1; page <= pagesMax; page++) {
    const query = new URLSearchParams({ sort: "date", pageSize: "100", page: String(page) });
    const found = await deps.search(query);
    if (!found.ok) break;
    paths.push(...found.value.events.map(({ id }) => `/e/${id}`));
    if (page * 100 >= found.value.total) break;
  }
  const urls = paths.flatMap((path) =>
    locales.map((locale) => `<url><loc>${deps.publicOrigin}${localPath(locale, path)}</loc></url>`),
  );
  return c.body(
    `<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n${urls.join("\n")}\n</urlset>\n`,
    200,
    { "Content-Type": "application/xml; charset=utf-8", "Cache-Control": "public, max-age=600" },
  );
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
