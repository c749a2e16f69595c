import { expect, test } from "vitest";
import { pageRoutes } from "./routes.ts";
import { eveningFacts, eveningTickets } from "./testing/programme.ts";
import { openShop } from "./testing/shop.ts";

/** Everybody gets the same from these; everything else is for nobody to keep. */
const isPublic =
  /^(\/(de|es))?(\/|\/e\/1|\/e\/1\/calendar\.ics|\/wait\/1)?$|^\/(robots\.txt|sitemap(-2026-06)?\.xml)$/;

function openPages() {
  const shop = openShop(eveningFacts(), eveningTickets());
  return pageRoutes(() => ({ requestId: "r", deps: shop.deps }));
}

/** Every route there is, with its parameters filled in; middleware is no route. */
const walked = [
  ...new Set(
    openPages()
      .routes.filter(({ path }) => !path.includes("*"))
      .map(({ method, path }) => {
        const filled = path
          .replace(/:file\{.*\}/, "sitemap-2026-06.xml")
          .replace(":id", "1")
          .replace(":section", "101")
          .replace(":booking", "x");
        return `${method} ${filled}`;
      }),
  ),
].filter((route) => !route.startsWith("ALL "));

test("there are pages to walk, in every language", () => {
  expect(walked.length).toBeGreaterThan(60);
  expect(walked).toContain("GET /de/hold/x");
  expect(walked).toContain("POST /es/wait/1/join");
});

test.each([
  ["nobody", ""],
  ["alice", "__Host-session=of-alice"],
  ["a forged session", "__Host-session=forged"],
])(
  "%s gets no page that may be kept, framed or run foreign code, but the public ones",
  async (_, cookie) => {
    const app = openPages();
    for (const route of walked) {
      const [method = "", path = ""] = route.split(" ");
      const answer = await app.request(`http://localhost${path}`, {
        method,
        headers: {
          Cookie: cookie,
          Origin: "http://localhost",
          "Sec-Fetch-Site": "same-origin",
          "Content-Type": "application/x-www-form-urlencoded",
        },
        ...(method === "POST" && { body: "" }),
      });
      await answer.body?.cancel();
      const { headers } = answer;
      const kept = headers.get("Cache-Control") ?? "";
      const mayBeKept = method === "GET" && isPublic.test(path) && answer.status === 200;
      const how = kept.startsWith("public, ") ? "public" : kept;
      expect([route, how]).toEqual([route, mayBeKept ? "public" : "no-store"]);
      const policy = headers.get("Content-Security-Policy") ?? "";
      expect([route, policy]).toEqual([route, expect.stringContaining("default-src 'none'")]);
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toContain("unsafe");
      expect([route, headers.get("X-Content-Type-Options")]).toEqual([route, "nosniff"]);
      expect(headers.get("Access-Control-Allow-Credentials")).toBeNull();
      expect([route, mayBeKept && headers.has("Set-Cookie")]).toEqual([route, false]);
    }
  },
);
