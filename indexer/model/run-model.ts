import pg from "pg";
import { codeOf } from "../errors.ts";
import { type FaultProxy, isImport } from "../testing/fault-proxy.ts";
import { type IndexerProcess, spawnIndexer } from "../testing/process.ts";
import type { Accident, Operation, Statement } from "./operations.ts";
import { runStatement } from "./statements.ts";

export interface ModelParts {
  readonly databaseUrl: string;
  readonly proxy: FaultProxy;
  /** Of the indexer, which reaches the search server through the proxy. */
  readonly env: Record<string, string>;
  readonly slot: string;
  /** Kills the search server without warning and starts it again on its data; resolves once it answers. */
  restartSink(): Promise<void>;
}

export interface ModelRun {
  /** Statements and accidents that took effect, by kind. */
  readonly counts: Record<string, number>;
  /** Operations that were carried out, those that lost against another one included. */
  readonly operations: () => number;
  /** Everything that is broken is mended, and an indexer runs. */
  heal(): void;
  /** What the running indexer has logged last. */
  log(): string;
  close(): Promise<void>;
  run(operations: readonly Operation[]): Promise<void>;
}

/** Statements lose against each other, as real ones do. */
const expectedFailures = new Set([
  "40P01", // deadlock
  "40001", // serialisation
  "23503", // the row referred to was deleted meanwhile
  "23505", // two moved to the same place
  "23502", // nothing left to choose from
  "57P01", // cut by an accident
]);
const writers = 3;

/** Runs operations against real parts: three writers at once, accidents in between. */
export function openModel(parts: ModelParts): ModelRun {
  const pool = new pg.Pool({ connectionString: parts.databaseUrl, max: writers + 2 });
  pool.on("error", () => {});
  const counts: Record<string, number> = {};
  let done = 0;
  // Two writers may replace the same process at once: then there is a standby as well, and both must end.
  const spawned: IndexerProcess[] = [];
  const spawn = () => {
    const made = spawnIndexer(parts.env);
    spawned.push(made);
    return made;
  };
  let indexer = spawn();

  const count = (kind: string) => {
    counts[kind] = (counts[kind] ?? 0) + 1;
  };
  const befall = async (accident: Accident): Promise<void> => {
    count(accident.kind);
    switch (accident.kind) {
      case "kill-indexer":
      case "stop-indexer": {
        const old = indexer;
        old.kill(accident.kind === "kill-indexer" ? "SIGKILL" : "SIGTERM");
        await old.exited;
        indexer = spawn();
        return;
      }
      case "cut-stream":
        await pool.query(
          "SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE slot_name = $1 AND active",
          [parts.slot],
        );
        return;
      case "cut-queries":
        await pool.query(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
           WHERE datname = current_database() AND application_name = 'frontrow-indexer' AND backend_type = 'client backend'`,
        );
        return;
      case "sink-fault":
        parts.proxy.set(
          accident.fault === "503" || accident.fault === "422"
            ? { kind: "status", code: Number(accident.fault) }
            : { kind: accident.fault },
          isImport,
        );
        return;
      case "sink-heals":
        parts.proxy.set(null);
        return;
      case "kill-sink":
        await parts.restartSink();
        return;
      default:
        accident satisfies never;
    }
  };
  const work = async (queue: Operation[]): Promise<void> => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      if (next.kind === "accident") await befall(next.accident);
      else await transact(pool, next.statements, next.commit, count);
      done += 1;
    }
  };
  return {
    counts,
    operations: () => done,
    run: async (operations) => {
      const queue = [...operations];
      await Promise.all(Array.from({ length: writers }, () => work(queue)));
    },
    heal: () => parts.proxy.set(null),
    log: () => indexer.log().split("\n").slice(-20).join("\n"),
    close: async () => {
      for (const made of spawned) made.kill("SIGKILL");
      await Promise.all(spawned.map((made) => made.exited));
      await pool.end();
    },
  };
}

async function transact(
  pool: pg.Pool,
  statements: readonly Statement[],
  commit: boolean,
  count: (kind: string) => void,
): Promise<void> {
  const client = await pool.connect();
  let broken = false;
  try {
    await client.query("BEGIN");
    for (const statement of statements) await runStatement(client, statement);
    await client.query(commit ? "COMMIT" : "ROLLBACK");
    for (const statement of statements) count(commit ? statement.kind : "rolled-back");
  } catch (error) {
    broken = true;
    if (!expectedFailures.has(codeOf(error))) throw error;
    count(`failed-${codeOf(error)}`);
  } finally {
    client.release(broken);
  }
}
