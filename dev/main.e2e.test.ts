import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import pg from "pg";
import { afterAll, afterEach, expect, test } from "vitest";
import { freePort } from "./free-port.ts";
import { processCommand } from "./process-command.ts";
import { readRunningStack } from "./stack-file.ts";
import { partNames } from "./stack-parts.ts";
import { makeTestFolder } from "./testing/parts.ts";
import { type DevRun, runDev, untilGone } from "./testing/run-dev.ts";

const folder = makeTestFolder();
const stateDir = join(folder.path, "state");
let run: DevRun | undefined;

afterEach(async () => {
  run?.child.kill("SIGKILL");
  await run?.ended();
});
afterAll(() => folder.remove());

async function start(options: Partial<Parameters<typeof runDev>[0]> = {}): Promise<DevRun> {
  run = await runDev({ stateDir, ...options });
  return run;
}

const pidOf = (part: string): number => readRunningStack(stateDir).pids[part] ?? 0;

async function query(statement: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: readRunningStack(stateDir).databaseUrl });
  await client.connect();
  const { rows } = await client.query(statement);
  await client.end();
  return rows;
}

test("the first start says how each part runs, serves, and Ctrl-C leaves nothing behind", async () => {
  const dev = await start();
  await dev.untilReady();
  for (const part of partNames) {
    expect(dev.lines().filter((line) => line.startsWith(`${part} `))).toHaveLength(1);
  }
  expect(dev.lines().at(-1)).toBe(`ready http://localhost:${dev.port}`);
  expect((await fetch(`http://localhost:${dev.port}/health`)).status).toBe(200);

  // As the README says that it is started elsewhere.
  expect(processCommand(pidOf("indexer"))).toContain(" --max-semi-space-size=8 ");

  await query("CREATE TABLE kept AS SELECT 'kept' AS word");

  const parts = dev.parts();
  expect(parts).toHaveLength(partNames.length - 1); // the issuer is no process of its own
  dev.child.kill("SIGINT");
  expect(await dev.ended()).toBe(0);
  await untilGone(parts);
});

test("a second start has the same data, secrets and addresses, and needs no network", async () => {
  const before = ["secrets.json", "ports.json"].map((name) =>
    readFileSync(join(stateDir, name), "utf8"),
  );
  const unreachable = "http://127.0.0.1:9";
  const dev = await start({ env: { PIP_INDEX_URL: unreachable, HTTPS_PROXY: unreachable } });
  await dev.untilReady();
  const after = ["secrets.json", "ports.json"].map((name) =>
    readFileSync(join(stateDir, name), "utf8"),
  );
  expect(after).toEqual(before);
  expect(await query("SELECT word FROM kept")).toEqual([{ word: "kept" }]);

  const second = await runDev({ stateDir });
  expect(await second.ended()).toBe(1);
  expect(second.lines()).toEqual([
    `npm run dev: a stack already runs on ${stateDir} (process ${dev.child.pid})`,
  ]);
  expect((await fetch(`http://localhost:${dev.port}/health`)).status).toBe(200);
});

test.each(["origin", "postgres", "edge"])(
  "%s crashes: one line, a clean stop, nothing left",
  async (part) => {
    const dev = await start();
    await dev.untilReady();
    const parts = dev.parts();
    const lines = dev.lines().length;
    process.kill(pidOf(part), "SIGKILL");
    expect(await dev.ended()).toBe(1);
    const log = join(stateDir, "logs", `${part}.log`);
    expect(dev.lines().slice(lines)).toEqual([
      `npm run dev: ${part} ended: killed by SIGKILL (see ${log})`,
    ]);
    await untilGone(parts);
  },
);

test("the stack itself is killed: its parts end, too, and the next start works", async () => {
  const dev = await start();
  await dev.untilReady();
  const parts = dev.parts();
  dev.child.kill("SIGKILL");
  await dev.ended();
  await untilGone(parts);
  await (await start()).untilReady();
});

test("with --restart-after a part that dies comes back", async () => {
  const dev = await start({ args: ["--restart-after", "1"] });
  await dev.untilReady();
  const before = pidOf("origin");
  process.kill(before, "SIGKILL");
  await expect.poll(() => dev.output(), { timeout: 60_000 }).toContain("origin is back\n");
  expect(pidOf("origin")).not.toBe(before);
});

test("--fresh discards what was kept", async () => {
  const secrets = () => readFileSync(join(stateDir, "secrets.json"), "utf8");
  const before = secrets();
  await (await start({ args: ["--fresh"] })).untilReady();
  expect(secrets()).not.toBe(before);
});

test("Ctrl-C during the start stops what had started", async () => {
  const dev = await start({ stateDir: join(folder.path, "interrupted") });
  await expect.poll(() => dev.parts().length, { timeout: 60_000 }).toBeGreaterThan(0);
  dev.child.kill("SIGINT");
  const parts = dev.parts();
  await dev.ended();
  await untilGone(parts);
});

test("a taken port is one line", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  const dev = await start({ port });
  expect(await dev.ended()).toBe(1);
  expect(dev.lines()).toEqual([
    `npm run dev: port ${port} is taken: stop what listens there, or choose another with -- --port N`,
  ]);
  server.close();
});

const nowhere = await freePort();
test.each([
  {
    env: { DATABASE_URL: `postgres://a:b@127.0.0.1:${nowhere}/c` },
    line: /DATABASE_URL: 127\.0\.0\.1:\d+ does not let us in/,
  },
  {
    env: { REDIS_URL: `redis://127.0.0.1:${nowhere}` },
    line: /REDIS_URL: nothing that lets us in answers/,
  },
  {
    env: { UPSTASH_REDIS_REST_URL: "http://127.0.0.1" },
    line: /UPSTASH_REDIS_REST_TOKEN is not set/,
  },
  { env: { TYPESENSE_API_KEY: "key" }, line: /TYPESENSE_URL is not set/ },
])("a given part that does not work is one line: $line", async ({ env, line }) => {
  const dev = await start({ stateDir: join(folder.path, "given"), env });
  expect(await dev.ended()).toBe(1);
  const said = dev.lines().filter((text) => !text.startsWith("…"));
  expect(said).toEqual([expect.stringMatching(line)]);
  expect(dev.output()).not.toContain("a:b");
});

test.each([["--port", "0"], ["--port", "x"], ["--restart-after", "-1"], ["--nonsense"]])(
  "wrong arguments are answered with the usage: %s %s",
  async (...args) => {
    const dev = await start({ args });
    expect(await dev.ended()).toBe(2);
    expect(dev.output()).toContain("usage: npm run dev -- [--port N]");
  },
);
