import type pg from "pg";

/** SQLSTATE class 08, as Postgres itself would say it: no connection was made, or it was lost. */
export type ConnectionErrorCode = "08001" | "08006";

/**
 * A connection that could not be made in time (`08001`) or was lost (`08006`). The drivers throw these without a code,
 * and the Neon driver as events of its WebSocket. After `08006` nobody knows whether the last statement took effect.
 */
export class ConnectionError extends Error {
  override readonly name = "ConnectionError";
  readonly code: ConnectionErrorCode;

  constructor(code: ConnectionErrorCode, cause: unknown) {
    const said = cause instanceof Error ? cause.message : "";
    super(said || (code === "08001" ? "no connection could be made" : "the connection was lost"), {
      cause,
    });
    this.code = code;
  }
}

type Callback = (error: unknown, ...results: unknown[]) => void;
type Call = (...args: unknown[]) => unknown;

/**
 * Gives errors about the connection a code, and keeps the process alive when a connection is lost in the middle of a
 * transaction: a client that is out of the pool has no listener of its own for its `error` event.
 */
export function codeConnectionErrors(pool: pg.Pool): void {
  const said = new WeakSet<object>();
  // What is no Error is an event of the Neon driver's WebSocket.
  const isLoss = (error: unknown) => !(error instanceof Error) || said.has(error);
  translate(pool, "connect", (error) =>
    hasCode(error) ? error : new ConnectionError("08001", error),
  );
  // The pool passes a client's `error` event on as it is.
  translate(pool, "query", (error) =>
    isLoss(error) && !hasCode(error) ? new ConnectionError("08006", error) : error,
  );
  pool.on("connect", (client) => {
    let lost = false;
    client.on("error", (error) => {
      lost = true;
      if (typeof error === "object" && error !== null) said.add(error);
    });
    client.on("end", () => {
      lost = true;
    });
    translate(client, "query", (error) =>
      (lost || isLoss(error)) && !hasCode(error) ? new ConnectionError("08006", error) : error,
    );
  });
}

/** Replaces a method that answers by callback or by promise; what answers otherwise (a stream) is left alone. */
function translate<Name extends string>(
  owner: { [Key in Name]: unknown },
  name: Name,
  rename: (error: unknown) => unknown,
): void {
  const original = (owner[name] as Call).bind(owner);
  const replacement: Call = (...args) => {
    const callback = args.at(-1);
    if (typeof callback === "function") {
      const renamed: Callback = (error, ...results) =>
        (callback as Callback)(error ? rename(error) : error, ...results);
      return original(...args.slice(0, -1), renamed);
    }
    const result = original(...args);
    if (!(result instanceof Promise)) return result;
    return result.catch((error: unknown) => {
      throw rename(error);
    });
  };
  Object.defineProperty(owner, name, { value: replacement, configurable: true, writable: true });
}

function hasCode(error: unknown): boolean {
  return error instanceof Error && "code" in error && typeof error.code === "string";
}
