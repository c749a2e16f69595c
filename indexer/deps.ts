import type pg from "pg";
import type { Logger } from "pino";
import type { SigningKeys } from "../contracts/edge-signature.ts";
import type { Clock } from "./clock.ts";
import type { Collections } from "./collections.ts";
import type { IndexerConfig } from "./config.ts";
import type { IndexerMetrics } from "./metrics.ts";
import type { ServiceStatus } from "./status.ts";
import type { TypesenseSink } from "./typesense-sink.ts";

/** What the service is made of. */
export interface ServiceDeps {
  readonly config: IndexerConfig;
  readonly pool: pg.Pool;
  readonly sink: TypesenseSink;
  readonly collections: Collections;
  /** Signs what the edge is told; `null` where there is no edge to tell. */
  readonly edgeKeys: SigningKeys | null;
  readonly metrics: IndexerMetrics;
  readonly status: ServiceStatus;
  readonly clock: Clock;
  readonly log: Logger;
  readonly hooks?: ServiceHooks;
}

/** Where tests make things happen in between. */
export interface ServiceHooks {
  readonly afterRead?: (ids: readonly string[]) => Promise<void>;
}
