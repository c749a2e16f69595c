import * as z from "zod";

const ms = (preset: number) => z.coerce.number().int().min(1).default(preset);
const count = (preset: number) => z.coerce.number().int().min(1).default(preset);

/** What the environment must say. Secrets and addresses have no presets; the rest is tuned rarely. */
export const IndexerConfig = z
  .object({
    DATABASE_URL: z.url().describe("the primary, not a pooler: replication needs a session"),
    TYPESENSE_URL: z.url(),
    TYPESENSE_API_KEY: z.string().min(1),
    SLOT_NAME: z
      .string()
      .regex(/^[a-z0-9_]{1,63}$/, "only a-z, 0-9 and _, at most 63")
      .default("frontrow_search"),
    PUBLICATION: z
      .string()
      .regex(/^[a-z0-9_]{1,63}$/)
      .default("search_pub"),
    EDGE_URL: z.url().optional().describe("told of changes when set"),
    EDGE_SIGNING_KEYS: z.string().optional().describe('{"k1": "<64 hex digits>"}'),
    PORT: z.coerce.number().int().min(0).max(65_535).default(0),
    LOG_LEVEL: z.enum(["trace", "debug", "info", "warn", "error", "fatal"]).default("info"),
    BATCH_DOCS: count(500),
    BATCH_BYTES: count(2_000_000),
    AVAIL_DEBOUNCE_MS: ms(500),
    AVAIL_MAX_WAIT_MS: ms(2_000),
    AVAIL_GAP_MS: ms(1_000),
    MAX_DIRTY: count(200_000),
    STATUS_MS: ms(10_000),
    CHECKPOINT_MS: ms(1_000),
    HB_MS: ms(10_000),
    HB_LOST_MS: ms(60_000),
    STANDBY_MS: ms(2_000),
    VALIDATE_MS: ms(60_000),
    SWEEP_MS: ms(30_000),
    RECONCILE_MS: ms(3_600_000),
    RETRY_MS: ms(3_600_000),
    RETIRED_MS: ms(86_400_000),
    REQUEST_MS: ms(1_000),
    IMPORT_TIMEOUT_MS: ms(60_000),
    QUERY_TIMEOUT_MS: ms(300_000),
    SINK_BACKOFF_MS: ms(1_000),
    SINK_BACKOFF_MAX_MS: ms(60_000),
    RECONNECT_MS: ms(500),
    RECONNECT_MAX_MS: ms(30_000),
    HALT_PROBE_MS: ms(60_000),
    FANOUT_DPS: count(1_000),
    REBUILDS_PER_H: count(3),
  })
  .refine((config) => config.EDGE_URL === undefined || config.EDGE_SIGNING_KEYS !== undefined, {
    path: ["EDGE_SIGNING_KEYS"],
    message: "needed with EDGE_URL",
  });
export type IndexerConfig = z.infer<typeof IndexerConfig>;

/**
 * Reads the configuration from the environment.
 * @throws TypeError naming each variable that is missing or wrong, never its value
 */
export function readConfig(env: Record<string, string | undefined>): IndexerConfig {
  // An empty variable means the same as none: that is what shells and compose files produce.
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ""));
  const parsed = IndexerConfig.safeParse(given);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
  throw new TypeError(`indexer configuration: ${lines.join("; ")}`);
}
