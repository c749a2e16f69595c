import type { SearchQuery } from "../contracts/search.ts";
import { respond } from "./cache/respond.ts";
import { sourceOf } from "./middleware/measure.ts";
import { requestIdOf } from "./middleware/request-id.ts";
import { oneTimer } from "./one-timer.ts";
import type { Parts } from "./parts.ts";
import { normaliseSearch, toQueryString } from "./search/normalise.ts";
import { readSearchQuery } from "./search/read-query.ts";
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
    const { path, query: typed } = splitAddress(request.url);
    if (path !== searchPath) return otherwise();
    const query = readSearchQuery(typed);
    if (!query.success) return otherwise();
    const began = now();
    const requestId = requestIdOf(request.headers);
    const context = {
      requestId,
      waitUntil: (work: Promise<unknown>) => ctx.waitUntil(work),
      setTimer: oneTimer(now),
    };
    const answer = async () => {
      if (env.RATE_LIMITS === "on") await countAddress(parts, "LIMIT_SEARCHES", request.headers);
      const more = ownHeaders(requestId);
      return respondToSearch(parts, request, { ...query, typed }, context, more);
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

/**
 * The answer to a valid search.
 * @param asked the query, and how it was typed
 * @param more headers to go with it
 * @throws `service-unavailable`
 */
export async function respondToSearch(
  parts: Parts,
  request: Request,
  asked: { readonly data: SearchQuery; readonly typed: string },
  context: SearchContext,
  more: Readonly<Record<string, string>> = {},
): Promise<Response> {
  const search = normaliseSearch(asked.data);
  const query = toQueryString(search);
  const result = await searchEvents(parts, { search, query }, context);
  parts.searchKeys.note(asked.typed, searchKey(query));
  return respond(request, result, "public", more);
}
