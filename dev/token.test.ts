import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { decodeJwt } from "jose";
import { afterAll, expect, test } from "vitest";
import { readOrMakeSecrets } from "./secrets.ts";
import { rememberPort } from "./state.ts";
import { makeTestFolder } from "./testing/parts.ts";

const folder = makeTestFolder();
afterAll(() => folder.remove());
const program = fileURLToPath(new URL("token.ts", import.meta.url));

/** Runs the command on a folder in which a stack was started once, and stopped. */
async function runToken(name: string, args: string[], wasStarted = true) {
  const stateDir = join(folder.path, name);
  mkdirSync(stateDir, { recursive: true });
  if (wasStarted) {
    await readOrMakeSecrets(stateDir);
    rememberPort(stateDir, "identity", 4321);
  }
  return spawnSync(process.execPath, [program, ...args], {
    encoding: "utf8",
    env: { ...process.env, FRONTROW_STATE: stateDir },
  });
}

test("one token a line, in order, and nothing else", async () => {
  const ran = await runToken("a", ["--user", "alice", "--user", "bob", "--role", "admin"]);
  expect(ran.stderr).toBe("");
  const claims = ran.stdout
    .trimEnd()
    .split("\n")
    .map((line) => decodeJwt(line));
  expect(claims).toMatchObject([
    { iss: "http://localhost:4321", sub: "alice", roles: ["admin"] },
    { iss: "http://localhost:4321", sub: "bob", roles: ["admin"] },
  ]);
});

test("a machine without a stack is told what to do, in one line", async () => {
  const ran = await runToken("b", ["--user", "alice"], false);
  expect(ran).toMatchObject({
    status: 1,
    stdout: "",
    stderr: "there is no local stack yet: start it once with npm run dev\n",
  });
});

test.each([[[]], [["--user"]], [["--user", ""]], [["--usr", "alice"]], [["alice"]]])(
  "%j is answered with the usage",
  async (args) => {
    const ran = await runToken("c", args);
    expect(ran).toMatchObject({ status: 2, stdout: "" });
    expect(ran.stderr).toContain("usage: npm run -s token -- --user NAME");
  },
);
