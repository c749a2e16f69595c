import { Hono } from "hono";
import { expect, test } from "vitest";
import { problems, type ProblemCode } from "../../contracts/problem.ts";
import type { AppEnv } from "../app-env.ts";
import { DomainError } from "../errors.ts";
import { createLogger } from "../logger.ts";
import { nothingHere, toAnswer } from "./problems.ts";
import { requestId } from "./request-id.ts";

function appThatThrows(error: unknown) {
  const log: string[] = [];
  const app = new Hono<AppEnv>();
  app.onError(toAnswer(createLogger("info", { write: (line) => log.push(line) })));
  app.notFound(nothingHere);
  app.use(requestId);
  app.get("/", () => {
    throw error;
  });
  return { log, ask: (path = "/") => app.request(path, { headers: { "X-Request-Id": "r-1" } }) };
}

test.each(Object.entries(problems))("%s leaves as problem %j", async (code, [status, title]) => {
  const { ask } = appThatThrows(
    new DomainError(code as ProblemCode, "Why.", { extras: { unavailable: ["7"] } }),
  );
  const res = await ask();
  expect(res.status).toBe(status);
  expect(res.headers.get("Content-Type")).toBe("application/problem+json");
  expect(await res.json()).toEqual({
    type: `/problems/${code}`,
    title,
    status,
    detail: "Why.",
    code,
    requestId: "r-1",
    unavailable: ["7"],
  });
});

test("Retry-After is said in seconds, and always with a 503", async () => {
  const limited = new DomainError("rate-limited", "Slow down.", { retryAfterSeconds: 7 });
  expect((await appThatThrows(limited).ask()).headers.get("Retry-After")).toBe("7");
  const down = new DomainError("service-unavailable", "Later.");
  expect((await appThatThrows(down).ask()).headers.get("Retry-After")).toBe("2");
});

test("a dead part is a 503, logged as a warning", async () => {
  const { ask, log } = appThatThrows(Object.assign(new Error("x"), { code: "ECONNREFUSED" }));
  const res = await ask();
  expect(res.status).toBe(503);
  expect(await res.json()).toMatchObject({ code: "service-unavailable" });
  expect(log.join("")).toContain('"level":"warn"');
});

test("a bug is a 500 that tells nothing but the request id, under which the log tells all", async () => {
  const { ask, log } = appThatThrows(new TypeError("secret detail"));
  const res = await ask();
  const text = await res.text();
  expect(res.status).toBe(500);
  expect(text).toContain("r-1");
  expect(text).not.toContain("secret");
  expect(JSON.parse(log.join(""))).toMatchObject({
    level: "error",
    requestId: "r-1",
    err: { message: "secret detail" },
  });
});

test("an expected refusal is not logged as a failure", async () => {
  const { ask, log } = appThatThrows(new DomainError("not-found", "No."));
  await ask();
  expect(log).toEqual([]);
});

test("a path without a route is a problem, too", async () => {
  const res = await appThatThrows(new Error("x")).ask("/nowhere");
  expect(res.status).toBe(404);
  expect(await res.json()).toMatchObject({ code: "not-found", requestId: "r-1" });
});
