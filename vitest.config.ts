import { mkdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";

/** Suffix names needs: `.test.ts` nothing, `.workerd.test.ts` the Workers runtime, `.pg.test.ts` Postgres and Redis,
 * `.typesense.test.ts` Typesense as well, `.e2e.test.ts` the whole stack. */
const suffixed = ["workerd", "pg", "typesense", "e2e"];
const ignored = ["**/node_modules/**", "**/.local/**", "**/.types/**", "**/dist/**"];
/** Files at a time, of whatever project, each with parts of its own or a database of its own. Half of a file's time is
 * waiting: two on two cores keep those busy (docs/decisions/0160). */
const maxWorkers = Math.max(2, availableParallelism() - 1);
const realParts = { testTimeout: 30_000, hookTimeout: 120_000, maxWorkers };
/** They put the whole machine under load, or expect a search to be answered at once while they do: one by one, after
 * all others. */
const alone = ["e2e/parts-die.e2e.test.ts", "e2e/waiting-room.e2e.test.ts", "e2e/walk.e2e.test.ts"];
const wholeStack = { testTimeout: 120_000, hookTimeout: 180_000 };

// As `npm run dev` does it: libraries are compiled once, not by every worker and every part.
const compiled = new URL("node_modules/.cache/compiled", import.meta.url);
process.env["NODE_COMPILE_CACHE"] ??= fileURLToPath(compiled);

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
          maxWorkers,
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
          maxWorkers,
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
          exclude: [...ignored, ...alone],
          maxWorkers,
          ...wholeStack,
        },
      },
      {
        test: {
          name: "e2e-alone",
          include: alone,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
          ...wholeStack,
        },
      },
    ],
  },
});
