import * as z from "zod";

/** The part of the rate-limit binding that is used. */
export interface RateLimiter {
  limit(options: { key: string }): Promise<{ success: boolean }>;
}

const limiter = z.custom<RateLimiter>(
  (value) => typeof (value as RateLimiter | undefined)?.limit === "function",
  "must be a rate-limit binding",
);

const objects = z.custom<DurableObjectNamespace>(
  (value) => typeof (value as DurableObjectNamespace | undefined)?.idFromName === "function",
  "must be a binding of Durable Objects",
);

const url = z.url({ protocol: /^https?$/ }).transform((text) => text.replace(/\/$/, ""));

const Env = z
  .object({
    ORIGIN_URL: url,
    EDGE_SIGNING_KEYS: z.string().min(2),
    JWT_ISSUER: z.string().min(1),
    JWT_AUDIENCE: z.string().min(1),
    JWKS_URL: url,
    TYPESENSE_URL: url.optional(),
    TYPESENSE_SEARCH_KEY: z.string().min(1).optional(),
    RATE_LIMITS: z.enum(["on", "off"]),
    CORS_ORIGINS: z
      .string()
      .default("")
      .transform((list) => list.split(",").filter((origin) => origin !== "")),
    LIMIT_READS: limiter,
    LIMIT_SEARCHES: limiter,
    LIMIT_WRITES: limiter,
    LIMIT_ADMIN: limiter,
    /** Where figures go; absent, they go nowhere. */
    METRICS: z
      .custom<AnalyticsEngineDataset>(
        (value) =>
          typeof (value as AnalyticsEngineDataset | undefined)?.writeDataPoint === "function",
        "must be an Analytics Engine binding",
      )
      .optional(),
    EVENT_VIEWS: objects,
    SEAT_VIEWERS: objects,
  })
  .refine((env) => (env.TYPESENSE_URL === undefined) === (env.TYPESENSE_SEARCH_KEY === undefined), {
    path: ["TYPESENSE_SEARCH_KEY"],
    message: "comes together with TYPESENSE_URL, or not at all",
  });

export type Env = z.infer<typeof Env>;

/**
 * Reads bindings and variables, once per isolate.
 * @throws Error naming each one that is missing or wrong, never its value
 */
export function readEnv(bindings: unknown): Env {
  const parsed = Env.safeParse(bindings);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
  throw new Error(`the edge is not configured: ${faults.join("; ")}`);
}
