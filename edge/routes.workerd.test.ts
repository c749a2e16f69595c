import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test, vi } from "vitest";
import { adminRoutes } from "../contracts/admin-routes.ts";
import { createApp } from "./app.ts";
import { readEnv } from "./env.ts";
import { openParts } from "./parts.ts";
import { ask, askAs } from "./testing/ask-edge.ts";
import { newId, origin } from "./testing/neighbours.ts";

const app = createApp(await openParts(readEnv(env)));
/** Each with its method; what is handed on to the origin by a wildcard is listed by the contract. */
const routes = [
  ...new Map(
    [
      ...app.routes
        .filter(({ method, path }) => method !== "ALL" && path !== "/*")
        .map(({ method, path }) => [method, path] as const),
      ...adminRoutes,
    ].map(([method, path]) => [`${method} ${path}`, { method, path }] as const),
  ).values(),
];
const emptySearch =
  '{"events":[],"page":1,"pageSize":20,"total":0,"partial":false,"degraded":true}';
/** Said by their own documents, or for machines of ours only. */
const undocumented = new Set(["/openapi.json", "/docs"]);
/** What everybody may keep, if only to ask again. */
const cacheable = new Set([
  "/openapi.json",
  "/docs",
  "/events/search",
  "/events/:eventId",
  "/events/:eventId/availability",
  "/events/:eventId/facts",
  "/events/:eventId/plan",
]);

test("the OpenAPI document lists every route that exists", async () => {
  const { paths } = await (await ask("/openapi.json")).json<{ paths: Record<string, object> }>();
  const missing = routes
    .filter(({ path }) => !undocumented.has(path) && !path.startsWith("/internal/"))
    .map(({ method, path }) => [method.toLowerCase(), path.replaceAll(/:(\w+)/g, "{$1}")] as const)
    .filter(([method, path]) => {
      const shape = path.replaceAll(/\{\w+\}/g, "{}");
      const found = Object.entries(paths).filter(
        ([it]) => it.replaceAll(/\{\w+\}/g, "{}") === shape,
      );
      return !found.some(([, item]) => method in item);
    });
  expect(missing).toEqual([]);
});

test("no route is handed on by a wildcard but those of administrators", () => {
  const wide = app.routes.filter(({ method, path }) => method === "ALL" && path !== "/*");
  expect(new Set(wide.map(({ path }) => path))).toEqual(new Set(["/admin/*"]));
});

test("of what the document lists there is nothing that does not exist", async () => {
  const { paths } = await (await ask("/openapi.json")).json<{ paths: Record<string, object> }>();
  const shapeOf = (path: string) => path.replaceAll(/\{\w+\}|:\w+/g, "{}");
  const known = new Set(routes.map(({ method, path }) => `${method} ${shapeOf(path)}`));
  const verbs = new Set(["get", "post", "put", "patch", "delete"]);
  const listed = Object.entries(paths).flatMap(([path, item]) =>
    Object.keys(item)
      .filter((it) => verbs.has(it))
      .map((it) => `${it.toUpperCase()} ${shapeOf(path)}`),
  );
  expect(listed.filter((it) => !known.has(it))).toEqual([]);
});

test.each(routes.map(({ method, path }) => [method, path] as const))(
  "%s %s: nothing personal may be kept, with a token or without",
  async (method, route) => {
    const path = route.replaceAll(/:\w+/g, newId());
    await origin.plays({ path, status: 200, headers: { etag: '"1"' }, body: emptySearch });
    for (const response of [
      await ask(path, { method }),
      await askAs("alice", path, { method }),
      await askAs("root", path, { method, roles: ["admin"] }),
    ]) {
      await response.arrayBuffer();
      const kept = response.headers.get("Cache-Control");
      const allowed = cacheable.has(route) && response.ok ? /^public, / : /^no-store$/;
      expect(kept).toMatch(allowed);
      expect(response.headers.get("X-Content-Type-Options")).toBe("nosniff");
      expect(response.headers.get("Strict-Transport-Security")).toContain("max-age=");
      expect(response.headers.get("Content-Security-Policy")).toContain("default-src 'none'");
    }
  },
);

test("a Worker that is not set up says 503 and tries again with the next request", async () => {
  const context = createExecutionContext();
  const request = () => new Request("https://edge.example/health") as never;
  vi.resetModules();
  const fresh = await import("./index.ts");
  const broken = await fresh.default.fetch(request(), { ...env, ORIGIN_URL: "nowhere" }, context);
  expect(broken.status).toBe(503);
  expect(broken.headers.get("Retry-After")).toBe("30");
  expect(await broken.json()).toMatchObject({ code: "service-unavailable" });
  expect((await fresh.default.fetch(request(), { ...env }, context)).status).toBe(200);
});
