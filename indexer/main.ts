import { pino } from "pino";
import { openDatabase } from "../db/client.ts";
import { readConfig } from "./config.ts";
import { createDeps } from "./create-service.ts";
import { serveHttp } from "./http.ts";
import { IndexerService } from "./service.ts";

/** What is written, but not confirmed by then, is streamed and written again: nothing is lost by going. */
const drainMsMax = 15_000;

const config = readConfig(process.env);
const log = pino({ level: config.LOG_LEVEL, base: { part: "indexer" } });
const database = openDatabase({
  url: config.DATABASE_URL,
  poolSize: 4,
  connectTimeoutMs: 10_000,
  queryTimeoutMs: config.QUERY_TIMEOUT_MS,
  applicationName: "frontrow-indexer",
  onIdleError: (error) => log.warn({ err: error }, "an idle connection ended"),
});
const deps = await createDeps(config, { pool: database.pool, log });
const { server, port } = await serveHttp({
  port: config.PORT,
  metrics: deps.metrics,
  status: deps.status,
  clock: deps.clock,
  heartbeatLostMs: config.HB_LOST_MS,
});
log.info({ port }, "listening");

const service = new IndexerService(deps);
const stop = (signal: NodeJS.Signals) => {
  log.info({ signal }, "stopping");
  service.stop();
  setTimeout(() => process.exit(1), drainMsMax).unref();
};
process.once("SIGTERM", stop);
process.once("SIGINT", stop);

await service.run();
server.close();
server.closeAllConnections();
await database.close();
