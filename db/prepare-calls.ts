import type pg from "pg";

/** A query that only calls one function: the same text however often it is sent. */
const functionCall = /^SELECT \w+\(.*\) AS answer$/s;
/** Texts come from our code alone, so there are a handful; the bound is against one that is put together in a loop. */
const preparedMax = 100;

const names = new Map<string, string>();

/**
 * Has each connection prepare the calls of database functions once, under a name: Postgres then neither parses nor
 * plans them again. Everything else is left alone, since a plan for all parameters suits a search badly.
 */
export function prepareCalls(pool: pg.Pool): void {
  pool.on("connect", (client) => {
    const query = (client.query as (...args: unknown[]) => unknown).bind(client);
    const prepared = (config: unknown, ...rest: unknown[]) => query(withName(config), ...rest);
    Object.defineProperty(client, "query", { value: prepared, configurable: true, writable: true });
  });
}

function withName(config: unknown): unknown {
  if (typeof config !== "object" || config === null || !("text" in config)) return config;
  const name = nameOf(String(config.text));
  return name === undefined ? config : { ...config, name };
}

function nameOf(text: string): string | undefined {
  const known = names.get(text);
  if (known !== undefined) return known;
  if (names.size >= preparedMax || !functionCall.test(text)) return undefined;
  const name = `call_${names.size}`;
  names.set(text, name);
  return name;
}
