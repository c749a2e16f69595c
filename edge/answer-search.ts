import { getQueryParam } from "hono/utils/url";
import { SearchQuery } from "../contracts/search.ts";
import { respond } from "./cache/respond.ts";
import { sourceOf } from "./middleware/measure.ts";
import { requestIdOf } from "./middleware/request-id.ts";
import type { Parts } from "./parts.ts";
import { normaliseSearch, toQueryString } from "./search/normalise.ts";
import { searchEvents, searchKey, searchPath } from "./search/search-events.ts";
import type { SearchContext } from "./search/typesense.ts";
import {
  type AheadOfApp,
  countAddress,
  isSimpleRead,
  ownHeaders,
  problemAnswer,
  splitAddress,
} from "./simple-read.ts";

/**
 * Searches that are not in memory are most of all searches. They, too, come ahead of the app, whose middlewares and
 * router would take as long as all else that is done for one here. What is not a valid search is the app's.
 */
export function answerSearch(parts: Parts): AheadOfApp {
  const { env, figures, now } = parts;
  return (request, ctx, otherwise) => {
    if (!isSimpleRead(parts, request)) return otherwise();
    const { path } = splitAddress(request.url);
    if (path !== searchPath) return otherwise();
    const query = readSearch(request.url);
    if (!query.success) return otherwise();
    const began = now();
    const requestId = requestIdOf(request.headers);
    const context = { requestId, waitUntil: (work: Promise<unknown>) => ctx.waitUntil(work) };
    const answer = async () => {
      if (env.RATE_LIMITS === "on") await countAddress(parts, "LIMIT_SEARCHES", request.headers);
      return respondToSearch(parts, request, query.data, context, ownHeaders(requestId));
    };
    return answer()
      .catch((error: unknown) => problemAnswer(error, path, requestId))
      .then((response) => {
        const source = sourceOf(response.headers.get("Cache-Status"));
        const ms = now() - began;
        const { status } = response;
        figures.answered({ method: "GET", route: searchPath, source, status, ms });
        return response;
      });
  };
}

/** Of parameters that come twice the first counts. */
export function readSearch(url: string) {
  const query = getQueryParam(url);
  return SearchQuery.safeParse(typeof query === "object" ? query : {});
}

/**
 * The answer to a valid search.
 * @param more headers to go with it
 * @throws `service-unavailable`
 */
export async function respondToSearch(
  parts: Parts,
  request: Request,
  query: SearchQuery,
  context: SearchContext,
  more: Readonly<Record<string, string>> = {},
): Promise<Response> {
  const search = normaliseSearch(query);
  const result = await searchEvents(parts, search, context);
  parts.searchKeys.note(splitAddress(request.url).query, searchKey(toQueryString(search)));
  return respond(request, result, "public", more);
}
