import { expect, test } from "vitest";
import type { QueueStatus } from "../../contracts/queue.ts";
import { pageRoutes } from "./routes.ts";
import { eveningFacts, eveningTickets } from "./testing/programme.ts";
import { openShop } from "./testing/shop.ts";

const turnstile = "https://challenges.cloudflare.com";

function open(challengeSiteKey?: string) {
  const shop = openShop(eveningFacts(), eveningTickets());
  const answers: (string | undefined)[] = [];
  const deps = {
    ...shop.deps,
    challengeSiteKey,
    assets: async () => ({ ...(await shop.deps.assets()), "wait.js": "/assets/wait.js" }),
    queueStatus: () => Promise.resolve({ ok: true as const, value: status }),
    joinQueue: (...[caller, event, answer]: Parameters<typeof shop.deps.joinQueue>) => {
      answers.push(answer);
      return shop.deps.joinQueue(caller, event, answer);
    },
  };
  const app = pageRoutes(() => ({ requestId: "r", deps }));
  return { app, answers };
}

const status: QueueStatus = {
  event: "1",
  generation: 1,
  phase: "pre",
  opensAt: "2026-12-01T10:00:00Z",
  now: "2026-12-01T09:00:00Z",
  commitment: "ab".repeat(32),
  beacon: null,
  serving: 0,
  expiredBelow: 0,
  ratePerMinute: 600,
  waiting: 3,
  message: "",
  pollMinSeconds: 5,
  pollMaxSeconds: 60,
  seatsLeft: null,
  likelyBelow: null,
  priceRange: null,
  failOpenUntil: null,
};

test("who joins is shown the challenge, by a policy that lets it in", async () => {
  const page = await open("site-key-1").app.request("http://localhost/wait/1");
  const text = await page.text();
  expect(text).toMatch(
    /<form[^>]*\/join"[^>]*><div class="cf-turnstile" data-sitekey="site-key-1"/,
  );
  expect(text).toContain(`<script src="${turnstile}/turnstile/v0/api.js" async defer></script>`);
  const policy = page.headers.get("Content-Security-Policy") ?? "";
  expect(policy).toContain(`script-src 'self' ${turnstile};`);
  expect(policy).toContain(`frame-src ${turnstile}`);
  expect(policy).not.toContain("unsafe");
});

test("without a challenge nothing comes from elsewhere", async () => {
  const page = await open().app.request("http://localhost/wait/1");
  expect(await page.text()).not.toContain(turnstile);
  expect(page.headers.get("Content-Security-Policy")).not.toContain(turnstile);
});

test("the answer goes along with the join, and none is no obstacle", async () => {
  const { app, answers } = open("site-key-1");
  for (const body of ["cf-turnstile-response=an-answer", ""]) {
    const joined = await app.request("http://localhost/wait/1/join", {
      method: "POST",
      headers: {
        Cookie: "__Host-session=of-alice",
        Origin: "http://localhost",
        "Sec-Fetch-Site": "same-origin",
        "Content-Type": "application/x-www-form-urlencoded",
      },
      body,
    });
    expect(joined.status).toBe(303);
  }
  expect(answers).toEqual(["an-answer", undefined]);
});
