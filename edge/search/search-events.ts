import { type CachedAnswer, makeAnswer } from "../cache/cached-answer.ts";
import type { CacheResult } from "../cache/edge-cache.ts";
import type { Lifetimes } from "../cache/policy.ts";
import type { Parts } from "../parts.ts";
import { unavailable } from "../problem.ts";
import { type NormalSearch, toQueryString } from "./normalise.ts";

const lifetimes: Lifetimes = { freshMs: 10_000, refreshMs: 40_000, onErrorMs: 3_600_000 };

/** What is left of 500 ms after Typesense's budget, less our own work. */
const totalBudgetMs = 480;

const encoder = new TextEncoder();

/**
 * Answers a search: from the caches, else from Typesense, else a stale copy, else from the origin's Postgres, marked
 * `degraded`.
 * @throws `service-unavailable` when none of them can
 */
export async function searchEvents(
  parts: Parts,
  search: NormalSearch,
  context: { readonly requestId: string; readonly waitUntil: (work: Promise<unknown>) => void },
): Promise<CacheResult> {
  const query = toQueryString(search);
  const key = `https://cache.internal/v1/search?${query}`;
  const { cache, searchServer, now } = parts;
  const { waitUntil, requestId } = context;
  const started = now();
  const fallback = () => askOrigin(parts, query, requestId, totalBudgetMs - (now() - started));
  if (!searchServer) return cache.get({ key, lifetimes, waitUntil, load: fallback });
  const load = async () => {
    const result = await searchServer.search(search);
    return makeAnswer({ body: encoder.encode(JSON.stringify(result)), now: now() });
  };
  try {
    return await cache.get({ key, lifetimes, waitUntil, load });
  } catch {
    return cache.get({ key: `${key}&degraded`, lifetimes, waitUntil, load: fallback });
  }
}

async function askOrigin(
  { origin, now }: Parts,
  query: string,
  requestId: string,
  timeoutMs: number,
): Promise<CachedAnswer> {
  if (timeoutMs <= 0) throw unavailable("Search is not available right now.");
  const path = `/events/search?${query}`;
  const response = await origin({ method: "GET", path, requestId, timeoutMs });
  if (response.status !== 200) {
    await response.body?.cancel();
    throw unavailable("Search is not available right now.");
  }
  const body = new Uint8Array(await response.arrayBuffer());
  return makeAnswer({ body, degraded: true, now: now() });
}
