import type { Figures, Outcome } from "../figures.ts";
import type { Network } from "../network.ts";
import { plainTimer, type SetTimer } from "../one-timer.ts";
import { toTraceparent } from "../trace.ts";
import { within } from "../within.ts";
import { Breaker } from "./breaker.ts";
import type { IndexSize } from "./index-size.ts";
import { IndexWatch } from "./index-watch.ts";
import type { NormalSearch } from "./normalise.ts";
import { Silence } from "./silence.ts";
import { toResultText } from "./to-result.ts";
import { toTypesensePath } from "./typesense-query.ts";

/** Search is to answer within 500 ms, the fallback included. */
const budgetMs = 350;
/** A failure that comes at once (a dropped connection) leaves time for one more try. */
const quickFailureMs = 100;
/** An isolate's first search waits no longer to learn from others how large the index is. */
const learnMsMax = 100;
/** How often an isolate tells the others how large the index is. */
const tellMs = 60_000;

/** One that reads its documents back is there again in a moment, and is asked so much sooner than a dead one. */
const readingBackMs = 500;

/** Whoever asks whether it is well waits no longer. */
const healthMs = 1_000;

export interface SearchContext {
  readonly requestId: string;
  readonly waitUntil: (work: Promise<unknown>) => void;
  /** For all waits of this request. */
  readonly setTimer: SetTimer;
}

export interface SearchServer {
  /**
   * @returns a `SearchResult` as JSON
   * @throws Error when Typesense does not answer within its budget, refuses, or has not all documents
   */
  search(search: NormalSearch, context: SearchContext): Promise<string>;
  /** Whether it has left everybody waiting for so long that it must be hanging. @param now Unix milliseconds */
  isSilent(now: number): boolean;
  /** Whether it says that it is well. */
  isHealthy(): Promise<boolean>;
}

/**
 * Typesense, asked with plain `fetch`: one request with a time limit is all that is needed of a client here.
 * @param options.key a search-only key; it travels in a header and stays out of logs
 */
export function createSearchServer(options: {
  readonly url: string;
  readonly network: Network;
  readonly key: string;
  readonly size: IndexSize;
  readonly now: () => number;
  readonly figures: Figures;
}): SearchServer {
  const { url, network, key, size, now, figures } = options;
  const breaker = new Breaker();
  const watch = new IndexWatch();
  const silence = new Silence();
  let toldAt = 0;
  /** @returns what it says, and when it began to */
  const ask = async (
    path: string,
    timeoutMs: number,
    { requestId, setTimer }: Pick<SearchContext, "requestId" | "setTimer">,
    began: number,
  ): Promise<{ said: unknown; at: number }> => {
    const headers: Record<string, string> = { "X-TYPESENSE-API-KEY": key };
    const trace = toTraceparent(requestId);
    if (trace !== undefined) headers["traceparent"] = trace;
    let isNoted = false;
    const note = (outcome: Outcome, status: number, at: number) => {
      if (isNoted) return;
      isNoted = true;
      figures.asked({ method: "GET", who: "typesense", outcome, status, ms: at - began });
    };
    const exchange = async () => {
      const response = await network.fetch(`${url}${path}`, { headers }).catch((error: unknown) => {
        note("failed", 0, now());
        throw error;
      });
      const at = now();
      silence.answered();
      const { ok, status } = response;
      note(ok ? "answered" : "failed", status, at);
      if (!ok) {
        await response.body?.cancel();
        throw new Error(`the search server answered ${status}`);
      }
      return { said: await response.json(), at };
    };
    silence.asked(began);
    // The runtime ends what is still under way with the request; a signal that could end it before takes as long as
    // all that is read of the answer.
    const answer = await within(exchange(), timeoutMs, setTimer);
    if (answer !== "late") return answer;
    note("failed", 0, now());
    throw new Error("the search server is silent");
  };
  const learn = async () => {
    const documents = await size.read();
    if (documents !== undefined) watch.learn(documents);
  };
  const tell = (documents: number, answeredAt: number, { waitUntil }: SearchContext) => {
    if (answeredAt - toldAt < tellMs) return;
    toldAt = answeredAt;
    waitUntil(size.write(documents));
  };
  return {
    async search(search, context) {
      const started = now();
      if (silence.isSilent(started) || breaker.isOpen(started)) {
        throw new Error("the search server is being left alone");
      }
      const path = toTypesensePath(search);
      try {
        const asked = ask(path, budgetMs, context, started).catch((error: unknown) => {
          const failedAt = now();
          if (failedAt - started > quickFailureMs) throw error;
          return ask(path, budgetMs - quickFailureMs, context, failedAt);
        });
        if (watch.known === undefined) await Promise.all([asked, within(learn(), learnMsMax)]);
        const { said, at } = await asked;
        const { result, documents } = toResultText(said, search);
        if (!watch.isWhole(documents, at)) throw new ReadingBack("the index is being read back");
        breaker.succeeded();
        tell(documents, at, context);
        return result;
      } catch (error) {
        watch.failed();
        breaker.failed(now(), error instanceof ReadingBack ? readingBackMs : undefined);
        throw error;
      }
    },
    isSilent: (at) => silence.isSilent(at),
    async isHealthy() {
      try {
        const own = { requestId: "", setTimer: plainTimer };
        const { said } = await ask("/health", healthMs, own, now());
        return (said as { ok?: unknown }).ok === true;
      } catch {
        return false;
      }
    },
  };
}

/** It answers, and does not have all of its documents yet. */
class ReadingBack extends Error {
  override readonly name = "ReadingBack";
}
