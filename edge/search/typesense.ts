import type { SearchResult } from "../../contracts/search.ts";
import { toTraceparent } from "../trace.ts";
import { Breaker } from "./breaker.ts";
import type { NormalSearch } from "./normalise.ts";
import { toSearchResult } from "./to-result.ts";
import { toTypesensePath } from "./typesense-query.ts";

/** Search is to answer within 500 ms, the fallback included. */
const budgetMs = 350;
/** A failure that comes at once (a dropped connection) leaves time for one more try. */
const quickFailureMs = 100;

export interface SearchServer {
  /** @throws Error when Typesense does not answer within its budget, or refuses */
  search(search: NormalSearch, requestId: string): Promise<SearchResult>;
  /** Whether it says that it is well. */
  isHealthy(): Promise<boolean>;
}

/**
 * Typesense, asked with plain `fetch`: one request with a time limit is all that is needed of a client here.
 * @param options.key a search-only key; it travels in a header and stays out of logs
 */
export function createSearchServer(options: {
  readonly url: string;
  readonly key: string;
  readonly now: () => number;
}): SearchServer {
  const { url, key, now } = options;
  const breaker = new Breaker();
  const ask = async (path: string, timeoutMs: number, requestId = ""): Promise<unknown> => {
    const trace = toTraceparent(requestId);
    const response = await fetch(`${url}${path}`, {
      headers: { "X-TYPESENSE-API-KEY": key, ...(trace !== undefined && { traceparent: trace }) },
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (!response.ok) {
      await response.body?.cancel();
      throw new Error(`the search server answered ${response.status}`);
    }
    return response.json();
  };
  return {
    async search(search, requestId) {
      const started = now();
      if (breaker.isOpen(started)) throw new Error("the search server is being left alone");
      const path = toTypesensePath(search);
      try {
        const answer = await ask(path, budgetMs, requestId).catch((error: unknown) => {
          if (now() - started > quickFailureMs) throw error;
          return ask(path, budgetMs - quickFailureMs, requestId);
        });
        breaker.succeeded();
        return toSearchResult(answer, search);
      } catch (error) {
        breaker.failed(now());
        throw error;
      }
    },
    async isHealthy() {
      try {
        const answer = await ask("/health", 1_000);
        return (answer as { ok?: unknown }).ok === true;
      } catch {
        return false;
      }
    },
  };
}
