import type pg from "pg";
import type { Logger } from "pino";
import { importSigningKeys } from "../contracts/edge-signature.ts";
import { type Clock, systemClock } from "./clock.ts";
import { Collections } from "./collections.ts";
import type { IndexerConfig } from "./config.ts";
import type { ServiceDeps, ServiceHooks } from "./deps.ts";
import { createMetrics } from "./metrics.ts";
import { ServiceStatus } from "./status.ts";
import { TypesenseSink } from "./typesense-sink.ts";

/**
 * Puts the service's parts together.
 * @param pool leads to the primary of `config.DATABASE_URL`
 * @throws TypeError when the signing keys are none
 */
export async function createDeps(
  config: IndexerConfig,
  parts: { pool: pg.Pool; log: Logger; clock?: Clock; hooks?: ServiceHooks },
): Promise<ServiceDeps> {
  const metrics = createMetrics();
  const target = { url: config.TYPESENSE_URL, apiKey: config.TYPESENSE_API_KEY };
  return {
    config,
    pool: parts.pool,
    log: parts.log,
    clock: parts.clock ?? systemClock,
    sink: new TypesenseSink(target, config.IMPORT_TIMEOUT_MS),
    collections: new Collections(target, Math.min(config.IMPORT_TIMEOUT_MS, 10_000)),
    edgeKeys: config.EDGE_SIGNING_KEYS ? await importSigningKeys(config.EDGE_SIGNING_KEYS) : null,
    metrics,
    status: new ServiceStatus(metrics),
    ...(parts.hooks && { hooks: parts.hooks }),
  };
}
