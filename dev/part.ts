/** How a part of the local stack came to be: given by the environment, found on this machine, fetched once from a
 * registry, embedded in node_modules, our own code, or not to be had (its surface then says so). */
export type PartState = "given" | "found" | "fetched" | "embedded" | "own" | "degraded";

/** One part that runs, or that runs elsewhere and is only used (then `pid` is absent and `stop` leaves it alone). */
export interface Part {
  name: string;
  state: PartState;
  /** Which program and version, or why there is none; one line, for the table at start. */
  detail: string;
  /** Where it answers, without any secret; empty when it does not run. */
  where: string;
  pid?: number;
  /** Settles when the process ends, asked or not; absent for parts that are not ours. */
  exited?: Promise<Exit>;
  stop: () => Promise<void>;
}

export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** A part could not start. The message is the one line that a person gets to read. */
export class PartError extends Error {
  override name = "PartError";
}

/** For parts that are used, not run. */
export async function leaveRunning(): Promise<void> {}
