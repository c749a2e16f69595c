import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startEdge } from "./edge.ts";
import { type TestFolder, makeTestFolder } from "./testing/parts.ts";

const configuration = `
name = "counting"
main = "worker.ts"
compatibility_date = "2026-10-01"

[vars]
FROM_FILE = "file"
FROM_BOTH = "file"

[[durable_objects.bindings]]
name = "COUNTER"
class_name = "Counter"

[[migrations]]
tag = "v1"
new_sqlite_classes = ["Counter"]

[[ratelimits]]
name = "LIMIT"
namespace_id = "1001"
simple = { limit = 2, period = 60 }
`;

const worker = `
import { DurableObject } from "cloudflare:workers";
export class Counter extends DurableObject {
  add() {
    const count = (this.ctx.storage.kv.get("count") ?? 0) + 1;
    this.ctx.storage.kv.put("count", count);
    return count;
  }
}
export default {
  async fetch(request: Request, env: any): Promise<Response> {
    const limit = new URL(request.url).searchParams.get("limit");
    return Response.json({
      count: await env.COUNTER.getByName("one").add(),
      within: limit === null ? null : (await env.LIMIT.limit({ key: limit })).success,
      vars: [env.FROM_FILE, env.FROM_BOTH, env.FROM_STACK],
      address: request.headers.get("CF-Connecting-IP"),
    });
  },
};
`;

let folder: TestFolder;
beforeAll(() => {
  folder = makeTestFolder();
  const project = join(folder.path, "project");
  mkdirSync(project);
  writeFileSync(join(project, "wrangler.toml"), configuration);
  writeFileSync(join(project, "worker.ts"), worker);
});
afterAll(() => folder.remove());

function start() {
  return startEdge({
    port: 0,
    env: { FROM_BOTH: "stack", FROM_STACK: "stack" },
    persistDir: join(folder.path, "edge"),
    configFile: join(folder.path, "project", "wrangler.toml"),
  });
}

test("a Worker runs with the bindings of its configuration and the stack's variables", async () => {
  const edge = await start();
  const ask = async (query = "") => await (await fetch(`${edge.url}/${query}`)).json();
  expect(await ask()).toEqual({
    count: 1,
    within: null,
    vars: ["file", "stack", "stack"],
    address: "127.0.0.1",
  });
  const within = [];
  for (let i = 0; i < 3; i += 1) within.push((await ask("?limit=a")) as { within: boolean });
  expect(within.map((answer) => answer.within)).toEqual([true, true, false]);
  await edge.stop();
});

test("what an object has stored is there after a restart", async () => {
  const first = await start();
  const before = (await (await fetch(first.url)).json()) as { count: number };
  await first.stop();
  const second = await start();
  expect(await (await fetch(second.url)).json()).toMatchObject({ count: before.count + 1 });
  await second.stop();
});

test("a Worker that does not build is reported with its place", async () => {
  writeFileSync(
    join(folder.path, "project", "worker.ts"),
    "export default {\n  fetch() { return 1 +; }\n};",
  );
  await expect(start()).rejects.toThrow(/worker\.ts:2: Unexpected ";"/);
});
