import type pg from "pg";
import type { Logger } from "pino";
import type { RebuildReason } from "./builds.ts";
import type { Clock } from "./clock.ts";
import type { Collections } from "./collections.ts";
import type { IndexerConfig } from "./config.ts";
import type { DeadLetters } from "./dead-letters.ts";
import type { IndexerMetrics } from "./metrics.ts";
import type { Progress } from "./progress.ts";
import type { TypesenseSink } from "./typesense-sink.ts";

/** What the tasks of one session share. */
export interface SessionContext {
  readonly config: IndexerConfig;
  readonly pool: pg.Pool;
  readonly sink: TypesenseSink;
  readonly collections: Collections;
  readonly deadLetters: DeadLetters;
  readonly metrics: IndexerMetrics;
  readonly clock: Clock;
  readonly log: Logger;
  readonly progress: Progress;
  /** The collection that readers see. */
  live(): string | null;
  /** Where changes go: the live collection, and the one being built. */
  targets(): readonly string[];
  /** Rebuilds documents in these collections, in batches, outside the dirty keys. */
  write(ids: readonly string[], collections: readonly string[]): Promise<void>;
  /** Begins to build the collection anew, unless that is under way. */
  startBuild(reason: RebuildReason): Promise<void>;
  /** Saves how far everything is applied, and confirms it to the server; fails when another process took over. */
  checkpoint(): Promise<void>;
}
