import * as z from "zod";
import type { SearchQuery } from "../../contracts/search.ts";
import { type CachedAnswer, makeAnswer, plainBody } from "../cache/cached-answer.ts";
import type { CacheResult } from "../cache/edge-cache.ts";
import type { Lifetimes } from "../cache/policy.ts";
import type { Parts } from "../parts.ts";
import { HedgeBudget } from "../hedge-budget.ts";
import { unavailable } from "../problem.ts";
import { hedge } from "./hedge.ts";
import { normaliseSearch, type NormalSearch, toQueryString } from "./normalise.ts";
import type { SearchContext } from "./typesense.ts";

export const searchPath = "/events/search";

export const searchLifetimes: Lifetimes = {
  freshMs: 10_000,
  refreshMs: 40_000,
  onErrorMs: 3_600_000,
};

/** Nobody waits longer for a search; what is left of 500 ms is for our own work, on a machine that has other work too. */
const budgetMs = 430;
/** With a stale copy at hand, nobody waits longer than this for a new one. */
const patienceMs = 200;
/** Without one, the origin is asked, too, when Typesense is silent for so long. It leaves Postgres as much again. */
const hedgeAfterMs = 230;
/**
 * Of an isolate, at a time, and one search in so many: a few tell as well as many that Typesense hangs, and the breaker
 * spares the others. When it is slow because there is much to do, more of them would keep both busy (decision 0116).
 */
const hedges = new HedgeBudget(8, 1 / 20);

const Marked = z.looseObject({ degraded: z.boolean() });
const decoder = new TextDecoder();

/**
 * Answers a search: from the caches, else from Typesense, else a stale copy, else from the origin's Postgres. The last
 * two are marked `degraded`.
 * @param asked as the contract read it
 * @param typed the same as it stood in the address
 * @throws `service-unavailable` when none of them can within half a second
 */
export async function searchEvents(
  parts: Parts,
  asked: SearchQuery,
  typed: string,
  context: SearchContext,
): Promise<CacheResult> {
  const search = normaliseSearch(asked);
  const query = toQueryString(search);
  const key = searchKey(query);
  const result = await find(parts, { search, query, key }, context);
  parts.searchKeys.note(typed, key);
  return result;
}

async function find(
  parts: Parts,
  asked: { readonly search: NormalSearch; readonly query: string; readonly key: string },
  context: SearchContext,
): Promise<CacheResult> {
  const { cache, searchServer, now } = parts;
  const { search, query, key } = asked;
  const lifetimes = searchLifetimes;
  const known = cache.peek({ key, lifetimes, waitUntil: context.waitUntil });
  if (known && known.from !== "stale") return known;
  const { waitUntil, setTimer } = context;
  const common = { lifetimes, patienceMs, waitUntil, setTimer };
  const askDatabase = () => askOrigin(parts, query, context.requestId);
  const inDatabase = () => cache.get({ ...common, key, load: askDatabase });
  // Answers that make do are never shared, so nobody looks for them there.
  const makingDo = () =>
    cache.get({ ...common, key: `${key}&degraded`, load: askDatabase, eager: true });
  const askTypesense = async (previous: CachedAnswer | undefined) => {
    if (!searchServer) throw new TypeError("there is no search server");
    const askedAt = now();
    const result = await searchServer.search(search, context);
    return makeAnswer({ body: result, previous, now: askedAt });
  };
  // Typesense finds no name without a letter; the database does.
  const isDatabaseFirst = search.exact || !searchServer;
  const found = await hedge({
    first: isDatabaseFirst
      ? inDatabase
      : () => cache.get({ ...common, key, load: askTypesense, eager: true }),
    second: isDatabaseFirst ? gaveUp : makingDo,
    afterMs: isDatabaseFirst ? budgetMs : hedgeAfterMs,
    deadlineMs: budgetMs,
    budget: hedges,
    isHopeless: (at) => searchServer?.isSilent(at) ?? false,
    now,
    setTimer,
  });
  if (found === "late") throw gone();
  return found.from === "stale" ? markDegraded(found) : found;
}

function searchKey(query: string): string {
  return `https://cache.internal/v1/search?${query}`;
}

async function askOrigin(
  { origin, now }: Parts,
  query: string,
  requestId: string,
): Promise<CachedAnswer> {
  const askedAt = now();
  const path = `${searchPath}?${query}`;
  const response = await origin({ method: "GET", path, requestId, timeoutMs: budgetMs });
  if (response.status !== 200) {
    await response.body?.cancel();
    throw gone();
  }
  const body = new Uint8Array(await response.arrayBuffer());
  return makeAnswer({ body, degraded: readBody(body).degraded, now: askedAt });
}

/** What is served because nobody could do better says so in its body, too. */
async function markDegraded(result: CacheResult): Promise<CacheResult> {
  const { answer } = result;
  const found = readBody(await plainBody(answer));
  if (found.degraded) return result;
  const body = JSON.stringify({ ...found, degraded: true });
  const etag = answer.etag.replace(/"$/, '-stale"');
  return { ...result, answer: await makeAnswer({ body, etag, now: answer.storedAtMs }) };
}

function readBody(body: Uint8Array): z.infer<typeof Marked> {
  try {
    return Marked.parse(JSON.parse(decoder.decode(body)));
  } catch {
    throw gone(); // whoever wrote it is not the search that we know
  }
}

async function gaveUp(): Promise<never> {
  throw gone();
}

function gone() {
  return unavailable("Search is not available right now.");
}
