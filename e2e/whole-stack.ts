import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startStack, type Stack, type StackOptions } from "../dev/stack.ts";

export interface WholeStack extends Stack {
  edgeUrl: string;
  originUrl: string;
  databaseUrl: string;
}

/**
 * Starts every part on free ports, with its data in a folder of its own that goes away with it.
 * @throws PartError when a part does not start
 */
export async function startWholeStack(options: StackOptions = {}): Promise<WholeStack> {
  const folder = await mkdtemp(join(tmpdir(), "frontrow-"));
  const discard = () => rm(folder, { recursive: true, force: true });
  try {
    const stack = await startStack({ stateDir: folder, port: 0, ...options });
    const { edgeUrl, originUrl, databaseUrl } = stack;
    if (!edgeUrl || !originUrl || !databaseUrl) throw new Error("a part of the stack is missing");
    const stop = () => stack.stop().finally(discard);
    return { ...stack, edgeUrl, originUrl, databaseUrl, stop };
  } catch (error) {
    await discard();
    throw error;
  }
}
