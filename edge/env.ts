import * as z from "zod";
import type { RoomEnv } from "./waiting-room/room-env.ts";

/** The part of the rate-limit binding that is used. */
export interface RateLimiter {
  limit(options: { key: string }): Promise<{ success: boolean }>;
}

const limiter = z.custom<RateLimiter>(
  (value) => typeof (value as RateLimiter | undefined)?.limit === "function",
  "must be a rate-limit binding",
);

const fetcher = (kind: string) =>
  z.custom<Pick<Fetcher, "fetch">>(
    (value) => typeof (value as Fetcher | undefined)?.fetch === "function",
    `must be ${kind} binding`,
  );

function namespace<Type extends { idFromName: unknown }>() {
  return z.custom<Type>(
    (value) => typeof (value as Type | undefined)?.idFromName === "function",
    "must be a Durable Object binding",
  );
}

const url = z.url({ protocol: /^https?$/ }).transform((text) => text.replace(/\/$/, ""));

const Env = z
  .object({
    PUBLIC_URL: url.optional().describe("where people find the pages; absent: there are none"),
    /** The files that browsers load, by their path. */
    ASSETS: fetcher("the assets").optional(),
    /** Where origin and search server are reached; absent, they are on the internet. */
    PRIVATE_NETWORK: fetcher("a VPC network").optional(),
    OIDC_DISCOVERY_URL: url.optional(),
    OIDC_CLIENT_ID: z.string().min(1).optional(),
    OIDC_CLIENT_SECRET: z.string().min(1).optional(),
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
    EVENT_VIEWS: namespace<DurableObjectNamespace>(),
    SEAT_VIEWERS: namespace<DurableObjectNamespace>(),
    CHANGE_FEED: namespace<DurableObjectNamespace>(),
    QUEUE_TICKET_KEYS: z.string().min(2),
    PASS_SIGNING_KEYS: z.string().min(2),
    BEACON_URL: url.optional(),
    TURNSTILE_SECRET_KEY: z.string().min(1).optional(),
    TURNSTILE_SITE_KEY: z.string().min(1).optional(),
    TURNSTILE_URL: url.default("https://challenges.cloudflare.com/turnstile/v0/siteverify"),
    ROOM_COORDINATOR: namespace<RoomEnv["ROOM_COORDINATOR"]>(),
    ROOM_SHARD: namespace<RoomEnv["ROOM_SHARD"]>(),
    ROOM_REGISTRY: namespace<RoomEnv["ROOM_REGISTRY"]>(),
  })
  .refine((env) => (env.TYPESENSE_URL === undefined) === (env.TYPESENSE_SEARCH_KEY === undefined), {
    path: ["TYPESENSE_SEARCH_KEY"],
    message: "comes together with TYPESENSE_URL, or not at all",
  })
  .refine((env) => env.TURNSTILE_SECRET_KEY !== undefined || isLocal(env.ORIGIN_URL), {
    path: ["TURNSTILE_SECRET_KEY"],
    message: "may only be missing where the origin runs on this machine",
  })
  .refine((env) => env.TURNSTILE_SITE_KEY === undefined || env.TURNSTILE_SECRET_KEY !== undefined, {
    path: ["TURNSTILE_SITE_KEY"],
    message: "is of no use without TURNSTILE_SECRET_KEY",
  })
  .refine(
    ({ PUBLIC_URL, TURNSTILE_SECRET_KEY, TURNSTILE_SITE_KEY }) =>
      [PUBLIC_URL, TURNSTILE_SECRET_KEY].includes(undefined) || TURNSTILE_SITE_KEY !== undefined,
    {
      path: ["TURNSTILE_SITE_KEY"],
      message: "is needed by the pages, where there is a TURNSTILE_SECRET_KEY",
    },
  );

export type Env = z.infer<typeof Env>;

function isLocal(address: string): boolean {
  return ["localhost", "127.0.0.1", "[::1]"].includes(new URL(address).hostname);
}

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
