import type pg from "pg";

/**
 * All connections are busy and enough callers wait for one already. The code is Postgres' own for that; nothing was
 * begun.
 */
export class PoolSaturated extends Error {
  override readonly name = "PoolSaturated";
  readonly code = "53300";
}

type Connect = (done?: (error: Error, ...rest: unknown[]) => void) => unknown;

/**
 * Refuses at once what could only wait behind many others: a queue that grows makes every answer late, and in the end
 * useless, while the work for it is done all the same.
 * @param waitersMax how many may wait for a connection
 */
export function boundWaiters(pool: pg.Pool, waitersMax: number): void {
  const connect = pool.connect.bind(pool) as Connect;
  const bounded: Connect = (done) => {
    if (pool.waitingCount < waitersMax) return connect(done);
    const error = new PoolSaturated(`${waitersMax} callers wait for a connection already`);
    if (!done) return Promise.reject(error);
    process.nextTick(done, error, undefined, () => {});
    return undefined;
  };
  Object.defineProperty(pool, "connect", { value: bounded, configurable: true, writable: true });
}
