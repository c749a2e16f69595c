import { PartError } from "./part.ts";
import { startEdge } from "./edge.ts";

/** The edge as a process: `PORT`, `PERSIST_DIR`, for benches `EDGE_DIRECT_PORT`, and every variable that begins with `EDGE_VAR_` for the Worker. */
const { PORT, PERSIST_DIR, EDGE_DIRECT_PORT, ...others } = process.env;
if (PORT === undefined || PERSIST_DIR === undefined) {
  throw new Error("PORT and PERSIST_DIR must be set");
}
const prefix = "EDGE_VAR_";
const env: Record<string, string> = {};
for (const [name, value] of Object.entries(others)) {
  if (name.startsWith(prefix) && value !== undefined) env[name.slice(prefix.length)] = value;
}

try {
  const directPort = EDGE_DIRECT_PORT === undefined ? undefined : Number(EDGE_DIRECT_PORT);
  const edge = await startEdge({ port: Number(PORT), persistDir: PERSIST_DIR, env, directPort });
  console.log(`listening on ${edge.url}`);
  let isStopping = false;
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.on(signal, () => {
      if (isStopping) return;
      isStopping = true;
      void edge.stop().then(() => process.exit(0));
    });
  }
} catch (error) {
  if (!(error instanceof PartError)) console.error(error);
  // The last line is the one that the stack shows.
  console.error(error instanceof Error ? error.message.split("\n", 1)[0] : String(error));
  process.exit(1);
}
