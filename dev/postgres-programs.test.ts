import { mkdirSync, readlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { mendSymlinks } from "./postgres-programs.ts";
import { makeTestFolder } from "./testing/parts.ts";

const folder = makeTestFolder();
afterAll(() => folder.remove());

test("links that an install script did not make are made, and made once", () => {
  const native = join(folder.path, "native");
  mkdirSync(join(native, "lib"), { recursive: true });
  writeFileSync(join(native, "lib", "libpq.so.5.18"), "a library");
  const links = [{ source: "native/lib/libpq.so.5.18", target: "native/lib/libpq.so.5" }];
  writeFileSync(join(native, "pg-symlinks.json"), JSON.stringify(links));
  mendSymlinks(folder.path);
  mendSymlinks(folder.path);
  expect(readlinkSync(join(native, "lib", "libpq.so.5"))).toBe("libpq.so.5.18");
});
