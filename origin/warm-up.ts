import { setTimeout as sleep } from "node:timers/promises";
import { SearchQuery } from "../contracts/search.ts";
import { searchEvents } from "./catalogue/search/search-events.ts";
import type { Deps } from "./deps.ts";

/** A database that does not answer must not keep the process from starting: it may be what comes back last. */
const warmUpMsMax = 1_500;
/** Code is compiled once it has been run a few times. */
const rounds = 4;
/** One that finds everything, and one that no reading finds: between them they take every step. */
const searches = [{}, { keyword: "qzqzqzq zqzqzq" }].map((query) => SearchQuery.parse(query));

/**
 * Searches a few times before anybody is let in: the first searches of a process wait for its connections, and each
 * connection for its catalogue, which took ten times as long as a search. Whoever restarts it while the search server
 * is dead has 50 of them in the first second.
 * @param connections as many at a time, so that as many are opened
 * @returns how many were answered; never throws
 */
export async function warmUp(deps: Pick<Deps, "db" | "now">, connections: number): Promise<number> {
  let answered = 0;
  const one = async () => {
    for (let round = 0; round < rounds; round++) {
      for (const query of searches) {
        await searchEvents(deps, query);
        answered++;
      }
    }
  };
  const all = Promise.allSettled(Array.from({ length: connections }, one));
  await Promise.race([all, sleep(warmUpMsMax, undefined, { ref: false })]);
  return answered;
}
