import { respond } from "./cache/respond.ts";
import { type Source, sourceOfResult } from "./middleware/measure.ts";
import { requestIdOf } from "./middleware/request-id.ts";
import { oneTimer } from "./one-timer.ts";
import type { Parts } from "./parts.ts";
import { readSearchQuery } from "./search/read-query.ts";
import { searchEvents, searchPath } from "./search/search-events.ts";
import { type AheadOfApp, countAddress, problemAnswer } from "./simple-read.ts";

/**
 * Searches that are not in memory are most of all searches. They, too, come ahead of the app, whose middlewares and
 * router would take as long as all else that is done for one here. What is not a valid search is the app's.
 */
export function answerSearch(parts: Parts): AheadOfApp {
  const { env, figures, now } = parts;
  return (read, ctx) => {
    if (read.path !== searchPath) return undefined;
    const query = readSearchQuery(read.query);
    if (!query.success) return undefined;
    const { request, headers, path } = read;
    const began = now();
    const requestId = requestIdOf(headers);
    const waitUntil = (work: Promise<unknown>) => ctx.waitUntil(work);
    const context = { requestId, waitUntil, setTimer: oneTimer(now) };
    const answered = (source: Source, response: Response) => {
      const ms = now() - began;
      figures.answered({ method: "GET", route: searchPath, source, status: response.status, ms });
      return response;
    };
    const answer = async () => {
      try {
        if (env.RATE_LIMITS === "on") await countAddress(parts, "LIMIT_SEARCHES", headers);
        const result = await searchEvents(parts, query.data, read.query, context);
        const response = await respond(request, result, "public", requestId);
        return answered(sourceOfResult(result), response);
      } catch (error) {
        return answered("none", problemAnswer(error, path, requestId));
      }
    };
    return answer();
  };
}
