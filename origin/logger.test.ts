import { DrizzleQueryError } from "drizzle-orm/errors";
import { expect, test } from "vitest";
import { createLogger } from "./logger.ts";

function logged(write: (logger: ReturnType<typeof createLogger>) => void): string {
  const lines: string[] = [];
  write(createLogger("info", { write: (line) => lines.push(line) }));
  return lines.join("");
}

test("an error of a driver is logged by code and stack, without the parameters it quotes", () => {
  const cause = Object.assign(new Error('Key (user_id)=(alice@example.com) is "taken"'), {
    severity: "ERROR",
    code: "23505",
    constraint: "one_live",
  });
  const line = logged((logger) =>
    logger.error({ err: new DrizzleQueryError("SELECT $1", ["alice@example.com"], cause) }, "x"),
  );
  expect(line).not.toContain("alice");
  const { err } = JSON.parse(line) as { err: Record<string, unknown> };
  expect(err).toMatchObject({
    name: "DrizzleQueryError",
    cause: { code: "23505", constraint: "one_live" },
  });
});

test("a bug is logged with its message", () => {
  const line = logged((logger) => logger.error({ err: new TypeError("x is undefined") }, "bug"));
  expect(JSON.parse(line)).toMatchObject({ level: "error", err: { message: "x is undefined" } });
});

test("what Redis was asked, and what somebody sent, stays out of the log", () => {
  const upstash = Object.assign(new Error('command was: ["alice"]'), { name: "UpstashError" });
  const syntax = new SyntaxError('Unexpected token in "alice"');
  const line = logged((logger) => {
    logger.warn({ err: upstash }, "redis");
    logger.warn({ err: syntax }, "json");
  });
  expect(line).not.toContain("alice");
});

test("tokens are hidden wherever they are put", () => {
  const line = logged((logger) =>
    logger.info({
      authorization: "Bearer s3cret",
      request: { token: "s3cret", headers: "s3cret" },
    }),
  );
  expect(line).not.toContain("s3cret");
});
