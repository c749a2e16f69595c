import { afterAll } from "vitest";
import { makeTestFolder, startTestTypesense } from "../../dev/testing/parts.ts";
import type { TypesenseTarget } from "../typesense-http.ts";

/** A real search server whose behaviour is held against what we rely on. */
export interface FactsServer {
  readonly target: TypesenseTarget;
  /** As it tells it. */
  readonly version: string;
  /** @param key another one than the administrator's */
  request(method: string, path: string, options?: RequestOptions): Promise<Response>;
  /** The parsed answer to a GET. */
  get(path: string): Promise<unknown>;
}

interface RequestOptions {
  readonly key?: string;
  readonly body?: object;
}

/** One of the test file's own, or the one given by TYPESENSE_FACTS_URL and TYPESENSE_FACTS_KEY. */
export async function openFactsServer(): Promise<FactsServer> {
  const target = given() ?? (await startOwn());
  const request = (method: string, path: string, { key, body }: RequestOptions = {}) =>
    fetch(new URL(path, target.url), {
      method,
      headers: { "x-typesense-api-key": key ?? target.apiKey },
      ...(body && { body: JSON.stringify(body) }),
    });
  const get = async (path: string): Promise<unknown> => (await request("GET", path)).json();
  const { version } = (await get("/debug")) as { version: string };
  return { target, version, request, get };
}

function given(): TypesenseTarget | null {
  const { TYPESENSE_FACTS_URL: url, TYPESENSE_FACTS_KEY: apiKey } = process.env;
  return url && apiKey ? { url, apiKey } : null;
}

async function startOwn(): Promise<TypesenseTarget> {
  const folder = makeTestFolder();
  const server = await startTestTypesense(folder);
  afterAll(async () => {
    await server.stop();
    folder.remove();
  });
  return { url: server.typesenseUrl, apiKey: server.typesenseKey };
}
