import { expect, test } from "vitest";
import { ConfigError, readConfig } from "./config.ts";

const good = {
  PORT: "0",
  DATABASE_URL: "postgres://u:p@db.test/frontrow",
  UPSTASH_REDIS_REST_URL: "https://redis.test",
  UPSTASH_REDIS_REST_TOKEN: "secret-token",
  PASS_VERIFYING_KEYS: JSON.stringify({
    p1: {
      kty: "EC",
      crv: "P-256",
      x: "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
      y: "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    },
  }),
  EDGE_SIGNING_KEYS: JSON.stringify({ k1: "ab".repeat(32) }),
  EDGE_URL: "https://edge.test/",
  JWT_ISSUER: "https://issuer.test",
  JWT_AUDIENCE: "frontrow",
  JWKS_URL: "https://issuer.test/jwks.json",
};

test("a complete environment becomes a configuration, with defaults for what is no secret", async () => {
  const config = await readConfig(good);
  expect(config).toMatchObject({ port: 0, databasePoolSize: 20, holdSeconds: 600 });
  expect([...config.signingKeys.keys()]).toEqual(["k1"]);
});

test.each(Object.keys(good))(
  "%s has no default, and an empty one counts as missing",
  async (name) => {
    await expect(readConfig({ ...good, [name]: undefined })).rejects.toThrow(`${name} is not set`);
    await expect(readConfig({ ...good, [name]: "" })).rejects.toThrow(`${name} is not set`);
  },
);

test.each([
  ["PORT", "eighty"],
  ["PORT", "70000"],
  ["DATABASE_URL", "mysql://db"],
  ["UPSTASH_REDIS_REST_URL", "redis://cache"],
  ["EDGE_SIGNING_KEYS", "{}"],
  ["EDGE_SIGNING_KEYS", '{"k1":"s3cret"}'],
  ["EDGE_SIGNING_KEYS", "s3cret"],
  ["LOG_LEVEL", "loud"],
])("%s=%s is refused by name, without quoting it", async (name, value) => {
  const failure = await readConfig({ ...good, [name]: value }).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(ConfigError);
  expect(String(failure)).toContain(name);
  expect(String(failure)).not.toContain("s3cret");
});

test("everything that is wrong is said at once", async () => {
  const failure = readConfig({ ...good, PORT: "x", JWKS_URL: undefined });
  await expect(failure).rejects.toThrow(/PORT .*JWKS_URL is not set|JWKS_URL is not set.*PORT/s);
});

const stripe = {
  PAYMENTS: "stripe",
  STRIPE_SECRET_KEY: "sk_test_s3cret",
  STRIPE_WEBHOOK_SECRET: "whsec_s3cret",
};

test("without a word about payments everything counts as paid, but not in production", async () => {
  expect((await readConfig(good)).payments).toEqual({ adapter: "instant" });
  const production = { ...good, NODE_ENV: "production" };
  await expect(readConfig(production)).rejects.toThrow("PAYMENTS is not set");
  expect((await readConfig({ ...production, PAYMENTS: "instant" })).payments).toEqual({
    adapter: "instant",
  });
  expect((await readConfig({ ...production, ...stripe })).payments).toMatchObject({
    adapter: "stripe",
    webhookSecret: "whsec_s3cret",
  });
});

test.each(["STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET"])(
  "payments by Stripe do not start without %s, or with one that is none",
  async (name) => {
    const env = { ...good, ...stripe };
    await expect(readConfig({ ...env, [name]: undefined })).rejects.toThrow(`${name} is not set`);
    const failure = readConfig({ ...env, [name]: "s3cret" });
    await expect(failure).rejects.toThrow(`${name} must be`);
    await expect(failure).rejects.not.toThrow("s3cret");
  },
);

test("in production Stripe's key goes to nobody else", async () => {
  const env = { ...good, ...stripe, STRIPE_API_URL: "http://localhost:1" };
  expect((await readConfig(env)).payments).toMatchObject({ apiUrl: "http://localhost:1" });
  await expect(readConfig({ ...env, NODE_ENV: "production" })).rejects.toThrow("STRIPE_API_URL");
});
