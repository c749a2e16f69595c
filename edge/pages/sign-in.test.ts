import { expect, test } from "vitest";
import { pageRoutes } from "./routes.ts";
import { eveningFacts, eveningTickets } from "./testing/programme.ts";
import { openShop } from "./testing/shop.ts";

function open() {
  const shop = openShop(eveningFacts(), eveningTickets());
  const app = pageRoutes(() => ({ requestId: "r", deps: shop.deps }));
  return {
    shop,
    ask: (path: string, init: RequestInit = {}) => app.request(`http://localhost${path}`, init),
  };
}

/** The cookies that an answer sets, by name; removed ones are empty. */
function cookiesOf(answer: Response): Record<string, string> {
  return Object.fromEntries(
    answer.headers.getSetCookie().map((line) => {
      const [name = "", value = ""] = (line.split(";")[0] ?? "").split("=", 2);
      return [name, value];
    }),
  );
}

async function begin(next: string) {
  const shop = open();
  const page = await shop.ask(`/de/auth/sign-in?next=${encodeURIComponent(next)}`);
  const [[name, value] = ["", ""]] = Object.entries(cookiesOf(page));
  const finish = (query: string) =>
    shop.ask(`/auth/callback?${query}`, { headers: { Cookie: `${name}=${value}` } });
  return { ...shop, page, finish };
}

test("signing in goes to the issuer without a form, and comes back to where somebody was", async () => {
  const { page, finish } = await begin("/de/e/1/s/101?ticketIds=3");
  expect(page.status).toBe(200);
  expect(page.headers.get("Refresh")).toBe("0; url=https://issuer.example/authorize?state=s1");
  expect(page.headers.get("Cache-Control")).toBe("no-store");
  const back = await finish("state=s1&code=good");
  expect(back.status).toBe(303);
  expect(back.headers.get("Location")).toBe("/de/e/1/s/101?ticketIds=3");
  expect(cookiesOf(back)).toEqual({ "__Host-sign-in-s1": "", "__Host-session": "of-alice" });
  expect(back.headers.getSetCookie().join()).toContain("Max-Age=600; Path=/; HttpOnly; Secure");
});

test.each([
  "https://evil.example/",
  "//evil.example/",
  "/\\evil.example/",
  "/.//evil.example",
  "javascript:alert(1)",
  "",
])("nobody is sent to another site after signing in: %s", async (next) => {
  const { finish } = await begin(next);
  const to = (await finish("state=s1&code=good")).headers.get("Location") ?? "";
  expect(new URL(to, "http://localhost").origin).toBe("http://localhost");
  expect(to).toBe("/de");
});

test("a sign-in that the issuer refuses, or that nobody here began, gives no session", async () => {
  const { ask, finish } = await begin("/tickets");
  for (const answer of [
    await finish("state=s1&error=access_denied"),
    await finish("state=other&code=good"),
    await ask("/auth/callback?state=s1&code=good"),
  ]) {
    expect(answer.status).toBe(401);
    expect(cookiesOf(answer)["__Host-session"]).toBeUndefined();
  }
});

test("signing out leaves nothing of somebody behind", async () => {
  const { ask } = open();
  const headers = {
    Cookie: "__Host-session=of-alice; __Host-pass-1=9~p; __Host-queue-1=4~t; theme=dark",
    Origin: "http://localhost",
    "Sec-Fetch-Site": "same-origin",
  };
  const answer = await ask("/es/auth/sign-out", { method: "POST", headers });
  expect(answer.headers.get("Location")).toBe("/es");
  expect(cookiesOf(answer)).toEqual({
    "__Host-session": "",
    "__Host-pass-1": "",
    "__Host-queue-1": "",
  });
  expect(answer.headers.get("Clear-Site-Data")).toBe('"cache", "storage"');
});

test("another site cannot sign somebody out", async () => {
  const { ask } = open();
  const headers = {
    Cookie: "__Host-session=of-alice",
    Origin: "https://evil.example",
    "Content-Type": "application/x-www-form-urlencoded",
  };
  expect((await ask("/auth/sign-out", { method: "POST", headers })).status).toBe(403);
});
