import { execFile } from "node:child_process";

export interface Ran {
  /** Whether it ran and ended with 0. */
  ok: boolean;
  stdout: string;
  /** What it complained of, or why it could not be started. */
  stderr: string;
}

/** Runs a program to its end; how it went is the answer, so nothing is thrown. */
export async function runProgram(
  command: string,
  args: readonly string[],
  options: { uid?: number; gid?: number; cwd?: string; signal?: AbortSignal | undefined } = {},
): Promise<Ran> {
  return await new Promise((resolve) => {
    const child = execFile(
      command,
      args,
      { ...options, encoding: "utf8" },
      (error, stdout, stderr) =>
        resolve({ ok: error === null, stdout, stderr: stderr || (error?.message ?? "") }),
    );
    child.stdin?.end();
  });
}
