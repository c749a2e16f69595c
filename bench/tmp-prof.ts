import http from "node:http";
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startEdge } from "../dev/edge.ts";
import { startBareWorker } from "./bare-worker.ts";
import { closedLoop, openClient } from "./load.ts";
import { Miniflare, convertV4MiniflareOptions } from "miniflare";
import { brotliCompressSync } from "node:zlib";

const root = "/work/trees/reads";
const json = JSON.stringify({ event: { id: "1" }, tickets: Array.from({ length: 500 }, (_, i) => ({ id: String(1000 + i), section: "101", row: "A", seat: String(i), price: { amount: 100, currency: "EUR" }, status: "available" })) });
const body = brotliCompressSync(json);
const server = http.createServer((q, r) => {
  if (q.headers["if-none-match"]) return void r.writeHead(304, { etag: 'W/"1"' }).end();
  r.writeHead(200, { etag: 'W/"1"', "content-encoding": "br", "content-type": "application/json" }).end(body);
});
await new Promise<void>((r) => server.listen(0, "127.0.0.1", r));
const origin = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
const { execSync } = await import("node:child_process");
const jwk = JSON.stringify({ p1: JSON.parse(execSync(`node -e 'crypto.subtle.generateKey({name:"ECDSA",namedCurve:"P-256"},true,["sign","verify"]).then(k=>crypto.subtle.exportKey("jwk",k.privateKey)).then(j=>console.log(JSON.stringify(j)))'`).toString()) });
const env = {
  ORIGIN_URL: origin, EDGE_SIGNING_KEYS: JSON.stringify({ k1: "0".repeat(63) + "1" }), QUEUE_TICKET_KEYS: JSON.stringify({ q1: "0".repeat(63) + "1" }),
  PASS_SIGNING_KEYS: jwk, JWT_ISSUER: origin, JWT_AUDIENCE: "a", JWKS_URL: origin, RATE_LIMITS: "off", PUBLIC_URL: "http://localhost:1",
};
const toml = readFileSync(join(root, "wrangler.toml"), "utf8").replace('main = "edge/', `main = "${root}/edge/`);
const bareAssets = join("/tmp/reads-prof", "dist");
function without(...names: string[]): string {
  const dir = mkdtempSync("/tmp/reads-prof/conf-");
  let text = toml.replace('directory = "./dist"', `directory = "${root}/dist"`);
  if (names.includes("assets")) text = text.replace(/\[assets\][\s\S]*?\n\n/, "");
  if (names.includes("metrics")) text = text.replace(/\[\[analytics_engine_datasets\]\][\s\S]*?\n\n/, "");
  const file = join(dir, "wrangler.toml");
  writeFileSync(file, text);
  return file;
}
function cpu(): number {
  let ms = 0;
  const parents = new Map<number, number>(); const own = new Map<number, [string, number]>();
  for (const n of readdirSync("/proc")) {
    if (!/^\d+$/.test(n)) continue;
    try { const s = readFileSync(`/proc/${n}/stat`, "latin1"); const f = s.slice(s.lastIndexOf(")") + 2).split(" "); parents.set(+n, +(f[1] ?? 0)); own.set(+n, [s.slice(s.indexOf("(") + 1, s.lastIndexOf(")")), (+(f[11] ?? 0) + +(f[12] ?? 0)) * 10]); } catch {}
  }
  for (const [pid, [name, t]] of own) { if (!name.includes("workerd")) continue; let at = pid; while (at > 1) { if (at === process.pid) { ms += t; break; } at = parents.get(at) ?? 0; } }
  return ms;
}
async function measure(name: string, url: string, path = "/events/1") {
  const client = openClient(url, 16);
  const request = async () => (await client.send({ path, headers: { "accept-encoding": "br, gzip" } })).status;
  await closedLoop({ clients: 16, durationMs: 1500, request });
  const before = cpu();
  const f = await closedLoop({ clients: 16, durationMs: 4000, request });
  console.log(name.padEnd(32), f.perSecond, "per s; cpu ms each", ((cpu() - before) / f.requests).toFixed(3), JSON.stringify(f.statuses), "p50", f.p50);
  client.close();
}
const script = `const body = Uint8Array.from(atob(${JSON.stringify(body.toString("base64"))}), (c) => c.charCodeAt(0));
 const headers = { "Content-Type": "application/json", ETag: 'W/"1"', "Content-Encoding": "br" };
 export default { fetch() { return new Response(body, { headers, encodeBody: "manual" }); } }`;
const which = process.argv.slice(2);
const bare = await startBareWorker(script);
await measure("bare", bare.url); await bare.stop();
const mf = new Miniflare(convertV4MiniflareOptions({ host: "127.0.0.1", port: 0, cf: false, workers: [{ name: "bare", compatibilityDate: "2026-10-01", modules: true, script, assets: { directory: `${root}/dist`, binding: "ASSETS", routerConfig: { invoke_user_worker_ahead_of_assets: true, has_user_worker: true } } as never }] }));
await measure("bare+assets", (await mf.ready).origin); await mf.dispose();
for (const [name, file] of [["edge", without()], ["edge -assets", without("assets")], ["edge -assets -metrics", without("assets", "metrics")]] as const) {
  const edge = await startEdge({ port: 0, env, persistDir: mkdtempSync("/tmp/reads-prof/state-"), configFile: file });
  await measure(name, edge.url);
  await measure(`${name} health`, edge.url, "/health");
  await edge.stop();
}
server.closeAllConnections(); server.close();
