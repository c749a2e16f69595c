import { join } from "node:path";
import { findProgram } from "./find-program.ts";
import { leaveRunning, type Part, PartError } from "./part.ts";
import type { StackContext } from "./stack-context.ts";
import { askTypesenseVersion, startTypesenseServer } from "./typesense-server.ts";
import { fetchProgram } from "./wheels.ts";

/** A Typesense, or none: then the URL and keys are absent and search is degraded to PostgreSQL. */
export interface Typesense extends Part {
  endpoint?: {
    typesenseUrl: string;
    /** Admin. */
    typesenseKey: string;
    /** May do nothing but search the collections `events.*`. */
    typesenseSearchKey: string;
  };
}

/** Typesense: the one that the environment names, else a server on the PATH, else the real one out of pinned wheels,
 * else none. Throws `PartError` when the given one does not work. */
export async function resolveTypesense(context: StackContext): Promise<Typesense> {
  const { TYPESENSE_URL: url, TYPESENSE_API_KEY: key } = context.env;
  if (url && key) return await useGiven(context, url, key);
  if (url || key) {
    const missing = url ? "TYPESENSE_API_KEY" : "TYPESENSE_URL";
    throw new PartError(`${missing} is not set: the URL and the key belong together`);
  }
  try {
    const found = findProgram("typesense-server");
    const progress = (doing: string) => context.progress("typesense", doing);
    const program =
      found ?? (await fetchProgram("typesense-server", { progress, signal: context.signal }));
    context.progress("typesense", "starting");
    const server = await startTypesenseServer({
      program,
      state: found === undefined ? "fetched" : "found",
      dataDir: join(context.stateDir, "typesense"),
      logFile: context.logFile("typesense"),
      key: context.secrets.typesenseKey,
      signal: context.signal,
    });
    const { typesenseUrl, typesenseKey } = server;
    return { ...server, endpoint: await withSearchKey(context, typesenseUrl, typesenseKey) };
  } catch (error) {
    if (!(error instanceof PartError)) throw error;
    return {
      name: "typesense",
      state: "degraded",
      detail: `none: search by PostgreSQL (${error.message})`,
      where: "",
      stop: leaveRunning,
    };
  }
}

async function useGiven(context: StackContext, url: string, key: string): Promise<Typesense> {
  const version = await askTypesenseVersion(url, key);
  if (version === undefined) {
    throw new PartError(`TYPESENSE_URL: ${url} does not answer to this key, or is not ready`);
  }
  return {
    name: "typesense",
    state: "given",
    detail: `Typesense ${version}`,
    where: url,
    endpoint: await withSearchKey(context, url, key),
    stop: leaveRunning,
  };
}

async function withSearchKey(context: StackContext, typesenseUrl: string, typesenseKey: string) {
  const { TYPESENSE_SEARCH_KEY: given } = context.env;
  const typesenseSearchKey = given || context.secrets.typesenseSearchKey;
  if (!given) await makeSearchKey(typesenseUrl, typesenseKey, typesenseSearchKey);
  return { typesenseUrl, typesenseKey, typesenseSearchKey };
}

/** Makes a key of this value that may only search. One that is there already is as good. */
async function makeSearchKey(url: string, adminKey: string, value: string): Promise<void> {
  const answer = await fetch(`${url}/keys`, {
    method: "POST",
    headers: { "X-TYPESENSE-API-KEY": adminKey },
    body: JSON.stringify({
      description: "the edge searches",
      actions: ["documents:search"],
      collections: ["events.*"],
      value,
    }),
  });
  const conflict = 409;
  if (!answer.ok && answer.status !== conflict) {
    throw new PartError(`Typesense refuses to make a search key (${answer.status})`);
  }
}
