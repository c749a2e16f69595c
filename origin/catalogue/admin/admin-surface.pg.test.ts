import { expect, test } from "vitest";
import { adminRoutes } from "../../../contracts/admin-routes.ts";
import { createApp } from "../../app.ts";
import { createTestOrigin } from "../../testing/test-origin.ts";

const origin = await createTestOrigin();

test("the list of administrators' routes is what the origin serves", () => {
  const served = createApp(origin.deps)
    .routes.filter(({ method, path }) => method !== "ALL" && path.startsWith("/admin/"))
    .map(({ method, path }) => `${method} ${path}`);
  const listed = adminRoutes.map(([method, path]) => `${method} ${path}`);
  expect([...new Set(served)].sort()).toEqual([...listed].sort());
});

test.each(adminRoutes)(
  "%s %s is refused without the role, and its answer kept by nobody",
  async (method, route) => {
    const path = route.replace(":id", "1");
    const body = method === "GET" ? {} : { body: {} };
    for (const user of [undefined, "alice"]) {
      const request = { method, ...body, ...(user === undefined ? {} : { user }) };
      const response = await origin.ask(path, request);
      expect(response.status).toBe(user === undefined ? 401 : 403);
      expect(response.headers.get("Cache-Control")).toBe("no-store");
    }
  },
);

test.each([true, false])(
  "a seating plan may be as large as a stadium's and no larger, its length said: %s",
  async (isSaid) => {
    const put = (bytes: number) =>
      origin.asAdmin("/admin/venues/1/plan", {
        method: "PUT",
        body: "x".repeat(bytes),
        headers: isSaid ? { "Content-Length": String(bytes) } : {},
      });
    expect((await put(8 * 1024 * 1024)).status).not.toBe(413);
    expect((await put(8 * 1024 * 1024 + 1)).status).toBe(413);
  },
);
