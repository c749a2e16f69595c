import type { Server } from "node:http";
import { createAdaptorServer } from "@hono/node-server";
import { createApp } from "./app.ts";
import { runBookingJobs } from "./bookings/booking-jobs.ts";
import { ConfigError, readConfig, type Config } from "./config.ts";
import { connectionsKept, openDeps } from "./deps.ts";
import { runQueueJobs } from "./queue/queue-jobs.ts";
import { createLogger } from "./logger.ts";
import { warmUp } from "./warm-up.ts";

/** How often connections that have become idle are looked for meanwhile, in milliseconds. */
const sweepMs = 100;
/** How long requests under way may take to end once the process is told to stop, in milliseconds. */
const drainMs = 10_000;

await start().catch((error: unknown) => {
  const known = error instanceof ConfigError || (error instanceof Error && "syscall" in error);
  const reason = known ? (error as Error).message : ((error as Error)?.stack ?? String(error));
  process.stderr.write(`origin: cannot start: ${reason}\n`);
  process.exit(1);
});

async function start(): Promise<void> {
  const config = await readConfig(process.env);
  const logger = createLogger(config.logLevel);
  const stopping = new AbortController();
  const { deps, close } = openDeps(config, logger, stopping.signal);
  const server = createAdaptorServer({ fetch: createApp(deps).fetch }) as Server;
  const searchesBefore = await warmUp(deps, connectionsKept);
  const port = await listen(server, config);
  logger.info({ port, searchesBefore }, "listening");
  const jobs = Promise.all([runBookingJobs(deps), runQueueJobs(deps)]);

  const stop = (signal: NodeJS.Signals) => {
    if (stopping.signal.aborted) process.exit(1); // asked twice: at once
    logger.info({ signal }, "stopping");
    stopping.abort();
    void Promise.all([drain(server), jobs])
      .then(close)
      .then(() => logger.info("stopped"))
      .then(() => process.exit(0));
  };
  process.on("SIGTERM", stop).on("SIGINT", stop);
}

function listen(server: Server, { port }: Config): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, () => {
      server.off("error", reject);
      const address = server.address();
      resolve(typeof address === "object" && address ? address.port : port);
    });
  });
}

/** Takes no new connection, lets requests under way end, and cuts off what is too slow. */
async function drain(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  // Connections that are kept alive fall idle one after the other, as their last answers end.
  const sweep = setInterval(() => server.closeIdleConnections(), sweepMs);
  const late = setTimeout(() => server.closeAllConnections(), drainMs);
  await closed;
  clearInterval(sweep);
  clearTimeout(late);
}
