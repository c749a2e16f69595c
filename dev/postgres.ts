import { join } from "node:path";
import pg from "pg";
import { leaveRunning, type Part, PartError } from "./part.ts";
import { startPostgresServer } from "./postgres-server.ts";
import type { StackContext } from "./stack-context.ts";

export interface Postgres extends Part {
  databaseUrl: string;
  /** Whether changes can be followed: without logical decoding there is no indexer. */
  canFollow: boolean;
}

/** PostgreSQL: the one that `DATABASE_URL` names, else a real one of the stack's own. Throws `PartError`. */
export async function resolvePostgres(context: StackContext): Promise<Postgres> {
  const given = context.env["DATABASE_URL"];
  if (given) return await useGiven(given);
  const server = await startPostgresServer({
    dataDir: join(context.stateDir, "postgres"),
    logFile: context.logFile("postgres"),
    password: context.secrets.postgresPassword,
    durable: true,
    ...context.port("postgres"),
    signal: context.signal,
  });
  context.keepPort("postgres", server.databaseUrl);
  return { ...server, canFollow: true };
}

async function useGiven(databaseUrl: string): Promise<Postgres> {
  const where = URL.parse(databaseUrl);
  if (where === null) throw new PartError("DATABASE_URL is not a URL");
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 10_000 });
  try {
    await client.connect();
    const { rows } = await client.query<{ version: string; wal_level: string }>(
      "SELECT current_setting('server_version') AS version, current_setting('wal_level') AS wal_level",
    );
    const canFollow = rows[0]?.wal_level === "logical";
    const detail = `PostgreSQL ${rows[0]?.version ?? "?"}`;
    return {
      name: "postgres",
      state: "given",
      detail: canFollow ? detail : `${detail}, wal_level is not logical`,
      where: `postgres://${where.host}${where.pathname}`,
      databaseUrl,
      canFollow,
      stop: leaveRunning,
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message || error.name : String(error);
    throw new PartError(`DATABASE_URL: ${where.host} does not let us in (${reason})`);
  } finally {
    await client.end().catch(() => undefined);
  }
}
