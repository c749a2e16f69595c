import { createMemoryEngine } from "./memory-engine.ts";
import { createRedisEngine } from "./redis-engine.ts";
import { createGateway } from "./server.ts";

/** The gateway as a process: `PORT`, `TOKEN`, and `REDIS_URL`, without which it keeps everything in memory. */
const { PORT, TOKEN, REDIS_URL } = process.env;
if (PORT === undefined || TOKEN === undefined) throw new Error("PORT and TOKEN must be set");

const engine = REDIS_URL === undefined ? createMemoryEngine() : await createRedisEngine(REDIS_URL);
const server = createGateway({ engine, token: TOKEN });
server.listen(Number(PORT), "127.0.0.1");
process.on("SIGTERM", () => {
  server.close();
  server.closeAllConnections();
  void engine.close();
});
