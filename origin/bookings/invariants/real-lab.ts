import { join } from "node:path";
import { startTestGateway, startTestRedis, type TestFolder } from "../../../dev/testing/parts.ts";
import { openRedis } from "../../deps.ts";
import { endWhenItWaits } from "./end-when-it-waits.ts";
import { openLab, stripeSecrets, type Lab } from "./lab.ts";
import { RealProcess } from "./real-process.ts";
import type { World } from "./world.ts";

/** Any public P-256 key: nobody here has an admission pass. */
const passKeys = {
  p1: {
    kty: "EC",
    crv: "P-256",
    x: "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    y: "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
  },
};

/**
 * A lab where nothing is played: two origin processes that are really killed, a Redis of its own that is really flushed
 * and killed. Starting what was killed takes about a second, so fewer sequences live here.
 * @param options.name tells labs in one folder apart
 */
export async function openRealLab(
  folder: TestFolder,
  serverUrl: string,
  { name, takesMoney }: { readonly name: string; readonly takesMoney: boolean },
): Promise<Lab> {
  let redis = await startTestRedis(folder, { name: `redis-${name}` });
  const port = Number(new URL(redis.redisUrl).port);
  const gateway = await startTestGateway(folder, redis.redisUrl, { name: `gateway-${name}` });
  const { upstashUrl, upstashToken } = gateway;
  const lab = await openLab({ serverUrl, upstashUrl, upstashToken, takesMoney });
  const errors: string[] = [];
  const { tokens, databaseUrl, deps, stripe } = lab;
  const processes = [0, 1].map(
    () =>
      new RealProcess({
        databaseUrl,
        upstashUrl,
        onError: (line) => errors.push(line),
        env: {
          UPSTASH_REDIS_REST_TOKEN: upstashToken,
          PASS_VERIFYING_KEYS: JSON.stringify(passKeys),
          EDGE_SIGNING_KEYS: JSON.stringify({ k1: "ab".repeat(32) }),
          EDGE_URL: deps.edgeUrl,
          JWT_ISSUER: tokens.issuer,
          JWT_AUDIENCE: tokens.audience,
          JWKS_URL: tokens.jwksUrl,
          HOLD_SECONDS: String(deps.holdSeconds),
          DATABASE_POOL_SIZE: "5",
          // They start often: what was compiled once is kept.
          NODE_COMPILE_CACHE: join(folder.path, "compiled"),
          ...(stripe && {
            PAYMENTS: "stripe",
            STRIPE_SECRET_KEY: stripeSecrets.secretKey,
            STRIPE_WEBHOOK_SECRET: stripeSecrets.webhookSecret,
            STRIPE_API_URL: stripe.url,
          }),
        },
      }),
  ) as [RealProcess, RealProcess];
  const direct = openRedis(upstashUrl, upstashToken);

  return {
    ...lab,
    errors,
    async startProcess(world, at) {
      const process = processes[at];
      process.hazards = {
        flush: () => world.flush(),
        endBackend: (backend, send) =>
          endWhenItWaits(lab.database.pool, world.eventId, backend, send),
      };
      if (process.isDead) await process.start();
      return process;
    },
    flush: async () => void (await direct.flushall()),
    async stopRedis(world: World) {
      world.locked.clear();
      redis.kill("SIGKILL");
      await redis.exited;
    },
    async startRedis() {
      redis = await startTestRedis(folder, { name: `redis-${name}`, port });
      // The gateway notices by itself, a moment later.
      while (!(await direct.ping().catch(() => undefined)));
    },
    async close() {
      await Promise.all(processes.map((process) => process.stop()));
      await lab.close();
      await gateway.stop();
      await redis.stop();
    },
  };
}
