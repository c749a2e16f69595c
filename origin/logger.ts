import { pino, type Logger, type LoggerOptions } from "pino";

/** Messages of these name what the program did; those of drivers quote parameters, and so people. */
const namesWithSafeMessages = new Set([
  "Error",
  "TypeError",
  "RangeError",
  "ReferenceError",
  "DomainError",
]);
const causeDepthMax = 5;
const blockBytes = 12_288;
/** No line waits longer than this for the others of its block. */
const flushMs = 250;

/**
 * The origin's log: JSON lines, errors without what a driver quotes, never a token.
 * @param level pino's level
 * @param destination for tests; otherwise standard output
 */
export function createLogger(level: string, destination?: { write(line: string): void }): Logger {
  const options: LoggerOptions = {
    level,
    base: null,
    timestamp: () => `,"at":"${new Date().toISOString()}"`,
    formatters: { level: (label) => ({ level: label }) },
    serializers: { err: describeError },
    redact: {
      paths: ["authorization", "token", "*.authorization", "*.token", "headers", "*.headers"],
      censor: "[hidden]",
    },
  };
  if (destination) return pino(options, destination);
  // Written in blocks: a write for each line is a system call for each request. What is left goes out at exit.
  const output = pino.destination({ sync: false, minLength: blockBytes });
  setInterval(() => output.flush(), flushMs).unref();
  return pino(options, output);
}

/**
 * What may be logged of an error: its name, code and stack, and its causes; its message only where that cannot
 * quote a query's parameters, a command or a body.
 * @param error anything that was thrown
 */
export function describeError(error: unknown, depth = 0): Record<string, unknown> {
  if (!(error instanceof Error)) return { name: typeof error };
  const name = "query" in error && "params" in error ? "DrizzleQueryError" : error.name;
  const isSafe = namesWithSafeMessages.has(name) && !("severity" in error);
  const described: Record<string, unknown> = { name };
  if (isSafe) described["message"] = error.message;
  for (const key of ["code", "constraint", "table", "routine"]) {
    if (key in error) described[key] = (error as unknown as Record<string, unknown>)[key];
  }
  described["stack"] = error.stack?.split("\n").filter((line) => /^\s+at /.test(line));
  if (error.cause !== undefined && depth < causeDepthMax) {
    described["cause"] = describeError(error.cause, depth + 1);
  }
  return described;
}
