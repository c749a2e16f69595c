import { join } from "node:path";
import type { Secrets } from "./secrets.ts";
import { readPorts, rememberPort } from "./state.ts";

/** What every part of one stack needs to know. */
export interface StackContext {
  stateDir: string;
  secrets: Secrets;
  /** The environment that the stack was started with. */
  env: Readonly<Record<string, string | undefined>>;
  /** Says what a part is busy with, for waits that last. */
  progress: (part: string, doing: string) => void;
  /** Aborts when the start is given up. */
  signal: AbortSignal;
  logFile: (part: string) => string;
  /** The port that the part had last time. */
  port: (part: string) => { port?: number };
  /** Remembers the port in this URL for next time. */
  keepPort: (part: string, url: string) => void;
}

export function createStackContext(
  given: Pick<StackContext, "stateDir" | "secrets" | "env" | "progress" | "signal">,
): StackContext {
  const { stateDir } = given;
  return {
    ...given,
    logFile: (part) => join(stateDir, "logs", `${part}.log`),
    port: (part) => {
      const port = readPorts(stateDir)[part];
      return port === undefined ? {} : { port };
    },
    keepPort: (part, url) => rememberPort(stateDir, part, Number(new URL(url).port)),
  };
}
