import type { TestProject } from "vitest/node";
import { makeTestFolder, startTestGateway, startTestPostgres, startTestRedis } from "./parts.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** A superuser's URL of the run's PostgreSQL; tests make databases of their own in it. */
    databaseUrl: string;
    redisUrl: string;
    upstashUrl: string;
    upstashToken: string;
  }
}

/** One PostgreSQL, one Redis and its gateway for all files of a test run. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = makeTestFolder();
  const [postgres, [redis, gateway]] = await Promise.all([
    startTestPostgres(folder),
    startTestRedis(folder).then(
      async (server) => [server, await startTestGateway(folder, server.redisUrl)] as const,
    ),
  ]);
  project.provide("databaseUrl", postgres.databaseUrl);
  project.provide("redisUrl", redis.redisUrl);
  project.provide("upstashUrl", gateway.upstashUrl);
  project.provide("upstashToken", gateway.upstashToken);
  return async () => {
    await Promise.all([postgres.stop(), gateway.stop(), redis.stop()]);
    folder.remove();
  };
}
