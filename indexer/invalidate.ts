import { type Change, type ChangeBatch, changesMax, changesPath } from "../contracts/changes.ts";
import type { SigningKeys } from "../contracts/edge-signature.ts";
import { signedMessage } from "../contracts/signed-message.ts";
import { backoffMs, type Clock } from "./clock.ts";
import type { IndexerMetrics } from "./metrics.ts";

export interface InvalidatorOptions {
  readonly edgeUrl: string;
  readonly keys: SigningKeys;
  readonly epoch: number;
  readonly clock: Clock;
  readonly metrics: IndexerMetrics;
}

/** Beyond this the edge is told that anything may have changed: naming it all would be later than its own expiry. */
const queueMax = 10_000;
const timeoutMs = 5_000;
const retryMs = 250;
const retryMsMax = 10_000;

/**
 * Tells the edge what changed, in order and apart from the stream: however slow or dead the edge is, the slot
 * moves on, and the expiry of cached answers bounds how old they get.
 */
export class Invalidator {
  readonly #options: InvalidatorOptions;
  /** By what it concerns, so that a hot event waits once; in order of the first mention. */
  #queue = new Map<string, Change>();
  #sent = 0;
  #wake = Promise.withResolvers<void>();

  constructor(options: InvalidatorOptions) {
    this.#options = options;
  }

  add(changes: Iterable<Change>): void {
    for (const change of changes) this.#queue.set(subjectOf(change), change);
    if (this.#queue.size > queueMax) this.#queue = new Map([["all", { kind: "all" }]]);
    this.#options.metrics.edgeQueue.set(this.#queue.size);
    if (this.#queue.size > 0) this.#wake.resolve();
  }

  /** @param refs as dirty keys name them: `venue:7`, or `all:` after a table was emptied */
  addRefs(refs: readonly string[]): void {
    this.add(
      refs.map((ref): Change => {
        const [kind, id = ""] = ref.split(":");
        if (kind === "venue") return { kind, venueId: id };
        if (kind === "performer") return { kind, performerId: id };
        return { kind: "all" };
      }),
    );
  }

  /** Sends until aborted. What is queued then is dropped: the next epoch has readers start anew. */
  async run(signal: AbortSignal): Promise<void> {
    signal.addEventListener("abort", () => this.#wake.resolve(), { once: true });
    while (!signal.aborted) {
      await this.#wake.promise;
      this.#wake = Promise.withResolvers<void>();
      while (this.#queue.size > 0 && !signal.aborted) await this.#deliver(this.#next(), signal);
    }
  }

  #next(): ChangeBatch {
    const changes: Change[] = [];
    for (const [subject, change] of this.#queue) {
      if (changes.length === changesMax) break;
      changes.push(change);
      this.#queue.delete(subject);
    }
    const from = this.#sent + 1;
    this.#sent += changes.length;
    return { source: "indexer", epoch: this.#options.epoch, from, to: this.#sent, changes };
  }

  async #deliver(batch: ChangeBatch, signal: AbortSignal): Promise<void> {
    const { clock, metrics } = this.#options;
    for (let attempt = 0; !signal.aborted; attempt += 1) {
      const code = await this.#post(batch, signal);
      metrics.edgeBatches.inc({ code: String(code) });
      metrics.edgeQueue.set(this.#queue.size);
      if (code >= 200 && code < 300) return;
      await clock.sleep(backoffMs(attempt, retryMs, retryMsMax, clock.random), signal);
    }
  }

  /** @returns the status, or 0 when there was no answer */
  async #post(batch: ChangeBatch, signal: AbortSignal): Promise<number> {
    const { keys, clock, edgeUrl } = this.#options;
    const signed = await signedMessage(keys, changesPath, batch, clock.now());
    try {
      const response = await fetch(new URL(changesPath, edgeUrl), {
        ...signed,
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      });
      await response.body?.cancel();
      return response.status;
    } catch {
      return 0;
    }
  }
}

/** A change of seats is part of a change of the event. */
function subjectOf(change: Change): string {
  switch (change.kind) {
    case "event":
      return `event:${change.eventId}`;
    case "seats":
      return `seats:${change.eventId}`;
    case "venue":
      return `venue:${change.venueId}`;
    case "performer":
      return `performer:${change.performerId}`;
    case "search":
    case "all":
      return change.kind;
    default:
      return change satisfies never;
  }
}
