import * as z from "zod";
import { importPassKeys } from "../contracts/admission-pass.ts";
import { importSigningKeys } from "../contracts/edge-signature.ts";
import { importTicketKey } from "./tickets/ticket-key.ts";

const url = z.url({ protocol: /^https?$/, error: "must be an http or https URL" });
const wholeNumber = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, "must be a whole number")
    .transform(Number)
    .pipe(z.int().min(least).max(most));

const signingKeys = z.string().transform(async (json, ctx) => {
  try {
    return await importSigningKeys(json);
  } catch {
    // The cause may quote a key: name the form only.
    ctx.addIssue({ code: "custom", message: 'must be JSON such as {"k1": "<64 hex digits>"}' });
    return z.NEVER;
  }
});

const ticketKey = z.string().transform(async (json, ctx) => {
  try {
    return await importTicketKey(json);
  } catch {
    ctx.addIssue({ code: "custom", message: 'must be JSON such as {"keyId": 1, "jwk": {…}}' });
    return z.NEVER;
  }
});

const passKeys = z.string().transform(async (json, ctx) => {
  try {
    return await importPassKeys(json, "public");
  } catch {
    ctx.addIssue({ code: "custom", message: "must be JSON of public P-256 JWKs by key id" });
    return z.NEVER;
  }
});

const stripeKey = z
  .string()
  .regex(/^(sk|rk)_(test|live)_\w+$/, "must be a secret or restricted key of Stripe's");
const stripeWebhookSecret = z
  .string()
  .regex(/^whsec_\S+$/, "must be a webhook's signing secret of Stripe's");

/** What the origin needs from its environment. Secrets and addresses have no default. */
const Environment = z
  .object({
    NODE_ENV: z.string().optional(),
    PORT: wholeNumber(0, 65_535),
    DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: "must be a postgres:// URL" }),
    DATABASE_POOL_SIZE: wholeNumber(1, 500).default(20),
    UPSTASH_REDIS_REST_URL: url,
    UPSTASH_REDIS_REST_TOKEN: z.string().min(1),
    EDGE_SIGNING_KEYS: signingKeys,
    TICKET_SIGNING_KEY: ticketKey.optional(),
    PASS_VERIFYING_KEYS: passKeys,
    EDGE_URL: url,
    JWT_ISSUER: z.string().min(1),
    JWT_AUDIENCE: z.string().min(1),
    JWKS_URL: url,
    PAYMENTS: z.enum(["instant", "stripe"]).optional(),
    STRIPE_SECRET_KEY: stripeKey.optional(),
    STRIPE_WEBHOOK_SECRET: stripeWebhookSecret.optional(),
    STRIPE_API_URL: url.optional(),
    HOLD_SECONDS: wholeNumber(1, 7_200).default(600),
    LOG_LEVEL: z
      .enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"])
      .default("info"),
  })
  .transform((env, ctx) => ({
    payments: choosePayments(env, ctx),
    port: env.PORT,
    databaseUrl: env.DATABASE_URL,
    databasePoolSize: env.DATABASE_POOL_SIZE,
    redisUrl: env.UPSTASH_REDIS_REST_URL,
    redisToken: env.UPSTASH_REDIS_REST_TOKEN,
    signingKeys: env.EDGE_SIGNING_KEYS,
    ticketKey: env.TICKET_SIGNING_KEY,
    passKeys: env.PASS_VERIFYING_KEYS,
    edgeUrl: env.EDGE_URL,
    tokens: { issuer: env.JWT_ISSUER, audience: env.JWT_AUDIENCE, jwksUrl: env.JWKS_URL },
    holdSeconds: env.HOLD_SECONDS,
    logLevel: env.LOG_LEVEL,
  }));
export type Config = z.output<typeof Environment>;

export type PaymentsConfig =
  | { readonly adapter: "instant" }
  | {
      readonly adapter: "stripe";
      readonly secretKey: string;
      readonly webhookSecret: string;
      /** Another server than Stripe's, for rehearsals. */
      readonly apiUrl: string | undefined;
    };

/**
 * Who takes the money. In production it has to be said: tickets must not be given away because a variable is missing;
 * and the key must not be sent anywhere but to Stripe.
 */
function choosePayments(
  env: {
    readonly NODE_ENV?: string | undefined;
    readonly PAYMENTS?: "instant" | "stripe" | undefined;
    readonly STRIPE_SECRET_KEY?: string | undefined;
    readonly STRIPE_WEBHOOK_SECRET?: string | undefined;
    readonly STRIPE_API_URL?: string | undefined;
  },
  ctx: z.RefinementCtx,
): PaymentsConfig {
  const refuse = (name: string, message: string) =>
    ctx.addIssue({ code: "custom", path: [name], message });
  const isProduction = env.NODE_ENV === "production";
  if (env.PAYMENTS === undefined && isProduction) refuse("PAYMENTS", "is not set");
  if (env.PAYMENTS !== "stripe") return { adapter: "instant" };
  const { STRIPE_SECRET_KEY: secretKey, STRIPE_WEBHOOK_SECRET: webhookSecret } = env;
  if (secretKey === undefined) refuse("STRIPE_SECRET_KEY", "is not set");
  if (webhookSecret === undefined) refuse("STRIPE_WEBHOOK_SECRET", "is not set");
  if (env.STRIPE_API_URL !== undefined && isProduction) {
    refuse("STRIPE_API_URL", "must not be set in production");
  }
  return {
    adapter: "stripe",
    secretKey: secretKey ?? "",
    webhookSecret: webhookSecret ?? "",
    apiUrl: env.STRIPE_API_URL,
  };
}

/**
 * Reads the environment, once, at boot.
 * @param env such as `process.env`; an empty variable counts as not set
 * @throws ConfigError that names every variable that is missing or wrong, never its value
 */
export async function readConfig(env: Readonly<Record<string, string | undefined>>) {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ""));
  const parsed = await Environment.safeParseAsync(given);
  if (parsed.success) return parsed.data;
  throw new ConfigError(
    parsed.error.issues
      .map(({ path, code, message }) => {
        const name = path.join(".");
        return given[name] === undefined && code === "invalid_type"
          ? `${name} is not set`
          : `${name} ${message}`;
      })
      .join("; "),
  );
}

/** The environment is not fit to start with. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}
