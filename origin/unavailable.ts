/** Node's and undici's codes for a peer that is not there, went away or does not answer. */
const networkCodes = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "ECONNABORTED",
  "EPIPE",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ETIMEDOUT",
  "UND_ERR_CONNECT_TIMEOUT",
  "UND_ERR_HEADERS_TIMEOUT",
  "UND_ERR_BODY_TIMEOUT",
  "UND_ERR_SOCKET",
]);

/**
 * SQLSTATE classes and codes of a Postgres that cannot serve now but will later: connection exceptions, out of
 * resources, shutting down or starting, cancelled, read-only after a failover, deadlock or serialisation failure.
 */
const transientSqlClasses = new Set(["08", "53"]);
const transientSqlStates = new Set(["57014", "57P01", "57P02", "57P03", "25006", "40001", "40P01"]);

const upstashErrors = new Set(["UpstashError", "UpstashJSONParseError"]);
const causeDepthMax = 5;

/**
 * Whether an error says that a part (Postgres, Redis, the issuer) is dead, slow or overloaded, rather than that
 * the program is wrong. Decided by codes and by where the error came from, never by its message.
 */
export function isUnavailable(error: unknown, depth = 0): boolean {
  if (!(error instanceof Error) || depth > causeDepthMax) return false;
  if (error.name === "TimeoutError" || upstashErrors.has(error.name)) return true;
  const code = codeOf(error);
  if (code !== undefined) {
    if (networkCodes.has(code) || transientSqlStates.has(code)) return true;
    if (code.length === 5 && transientSqlClasses.has(code.slice(0, 2))) return true;
  }
  if (isFailedQuery(error)) return codeOf(error.cause) === undefined || isUnavailable(error.cause);
  return isUnavailable(error.cause, depth + 1);
}

/** The code of an error of Postgres behind Drizzle's wrapper, such as `23503`, with its constraint. */
export function sqlFailure(error: unknown): { code: string; constraint: string } | undefined {
  const cause = isFailedQuery(error) ? error.cause : error;
  const code = codeOf(cause);
  if (code === undefined || !(cause instanceof Error) || !("severity" in cause)) return undefined;
  const constraint = "constraint" in cause ? String(cause.constraint ?? "") : "";
  return { code, constraint };
}

/** Drizzle's wrapper. A cause without a code never reached the server, or lost it: drivers give those no code. */
function isFailedQuery(error: unknown): error is Error & { query: string } {
  return error instanceof Error && "query" in error && "params" in error;
}

function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}
