import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { join } from "node:path";
import pg from "pg";
import { afterAll, expect, inject, test, vi } from "vitest";
import { insertEvent } from "../db/testing/factories.ts";
import { audience } from "./testing/issuer.ts";
import { createTestOrigin } from "./testing/test-origin.ts";
import { signRequest, type EdgeRequest } from "./testing/sign-request.ts";

// Three processes start here, one after the other: on a busy machine each takes seconds.
vi.setConfig({ testTimeout: 120_000 });

const { deps, issuer, database, databaseUrl } = await createTestOrigin();
const children: ChildProcess[] = [];
afterAll(() => children.forEach((child) => child.kill("SIGKILL")));

const environment = {
  PORT: "0",
  DATABASE_URL: databaseUrl,
  UPSTASH_REDIS_REST_URL: inject("upstashUrl"),
  UPSTASH_REDIS_REST_TOKEN: inject("upstashToken"),
  PASS_VERIFYING_KEYS: JSON.stringify({
    p1: {
      kty: "EC",
      crv: "P-256",
      x: "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
      y: "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    },
  }),
  EDGE_SIGNING_KEYS: JSON.stringify({ k1: "ab".repeat(32) }),
  EDGE_URL: "http://127.0.0.1:9",
  JWT_ISSUER: issuer.issuer,
  JWT_AUDIENCE: audience,
  JWKS_URL: issuer.jwksUrl,
};

function startServer(env: Record<string, string>) {
  const child = spawn(process.execPath, [join(import.meta.dirname, "server.ts")], {
    env: { PATH: process.env["PATH"], ...env },
  });
  children.push(child);
  const output = { stdout: "", stderr: "" };
  child.stdout.on("data", (data: Buffer) => (output.stdout += data.toString()));
  child.stderr.on("data", (data: Buffer) => (output.stderr += data.toString()));
  const exited = once(child, "close").then(([code]) => code as number);
  const said = async (message: string) => {
    await expect.poll(() => output.stdout, { timeout: 60_000 }).toContain(`"msg":"${message}"`);
    return output.stdout.split("\n").find((line) => line.includes(message)) ?? "";
  };
  return { child, output, exited, said };
}

test("told to stop, the process takes no new request, ends those under way, and exits with 0", async () => {
  const { child, exited, said } = startServer(environment);
  const { port } = JSON.parse(await said("listening")) as { port: number };
  const base = `http://127.0.0.1:${port}`;
  const ask = async (path: string, request: EdgeRequest = {}) =>
    fetch(await signRequest({ signingKeys: deps.signingKeys, issuer }, path, request, base));
  expect((await fetch(`${base}/ready`)).status).toBe(200);

  const event = await insertEvent(database.db);
  const blocker = new pg.Client({ connectionString: databaseUrl });
  await blocker.connect();
  await blocker.query("BEGIN");
  await blocker.query("SELECT FROM events WHERE id = $1 FOR UPDATE", [event.id]);
  const changing = ask(`/admin/events/${event.id}`, {
    method: "PATCH",
    user: "ada",
    roles: ["admin"],
    body: { name: "Last" },
  });
  await expect.poll(async () => (await waiting(blocker)).length, { timeout: 60_000 }).toBe(1);

  child.kill("SIGTERM");
  await said("stopping");
  await expect(fetch(`${base}/health`)).rejects.toThrow("fetch failed");
  await blocker.query("COMMIT");
  await blocker.end();
  const res = await changing;
  expect([res.status, await res.json()]).toMatchObject([200, { name: "Last" }]);
  expect(await exited).toBe(0);
});

async function waiting(client: pg.Client): Promise<unknown[]> {
  const { rows } = await client.query(
    `SELECT pid FROM pg_stat_activity
     WHERE datname = current_database() AND wait_event_type = 'Lock'`,
  );
  return rows;
}

test("what is missing for a start is said in one line, without secrets", async () => {
  const { EDGE_URL: _left, ...rest } = environment;
  const { exited, output } = startServer({ ...rest, EDGE_SIGNING_KEYS: '{"k1":"s3cret"}' });
  expect(await exited).toBe(1);
  expect(output.stderr).toMatch(/^origin: cannot start: .*\n$/);
  expect(output.stderr).toContain("EDGE_URL is not set");
  expect(output.stderr).not.toContain("s3cret");
});

test("a taken port is said in one line", async () => {
  const taken = createServer().listen(0);
  await once(taken, "listening");
  const address = taken.address();
  const port = String(typeof address === "object" ? address?.port : "");
  const { exited, output } = startServer({ ...environment, PORT: port });
  expect(await exited).toBe(1);
  expect(output.stderr).toMatch(/^origin: cannot start: .*EADDRINUSE.*\n$/);
  taken.close();
});
