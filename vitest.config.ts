import { mkdirSync } from "node:fs";
import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";

/** Suffix names needs: `.test.ts` nothing, `.workerd.test.ts` the Workers runtime, `.pg.test.ts` Postgres and Redis,
 * `.typesense.test.ts` Typesense as well, `.e2e.test.ts` the whole stack. */
const suffixed = ["workerd", "pg", "typesense", "e2e"];
const ignored = ["**/node_modules/**", "**/.local/**", "**/.types/**", "**/dist/**"];
const realParts = { testTimeout: 30_000, hookTimeout: 120_000 };

// `wrangler.toml` names it; what is in it plays no part in these tests.
mkdirSync(new URL("dist", import.meta.url), { recursive: true });

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["**/*.test.ts"],
          exclude: [...ignored, ...suffixed.map((suffix) => `**/*.${suffix}.test.ts`)],
        },
      },
      {
        plugins: [
          cloudflareTest(({ inject }) => ({
            wrangler: { configPath: "./wrangler.toml" },
            miniflare: {
              bindings: {
                ORIGIN_URL: inject<string>("originUrl"),
                EDGE_SIGNING_KEYS: inject<string>("edgeSigningKeys"),
                QUEUE_TICKET_KEYS: inject<string>("queueTicketKeys"),
                PASS_SIGNING_KEYS: inject<string>("passSigningKeys"),
                JWT_ISSUER: inject<string>("issuerUrl"),
                JWT_AUDIENCE: "frontrow",
                JWKS_URL: `${inject<string>("issuerUrl")}/jwks.json`,
                TYPESENSE_URL: inject<string>("searchUrl"),
                TYPESENSE_SEARCH_KEY: "search-only",
                RATE_LIMITS: "off",
                CORS_ORIGINS: "https://tickets.example",
              },
            },
          })),
        ],
        test: {
          name: "workerd",
          include: ["**/*.workerd.test.ts"],
          exclude: ignored,
          globalSetup: ["dev/testing/global-setup-workerd.ts"],
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: "pg",
          include: ["**/*.pg.test.ts"],
          exclude: ignored,
          globalSetup: ["dev/testing/global-setup.ts"],
          ...realParts,
        },
      },
      {
        test: {
          name: "typesense",
          include: ["**/*.typesense.test.ts"],
          exclude: ignored,
          globalSetup: ["dev/testing/global-setup-typesense.ts"],
          ...realParts,
        },
      },
      {
        test: {
          name: "e2e",
          include: ["**/*.e2e.test.ts"],
          exclude: ignored,
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
