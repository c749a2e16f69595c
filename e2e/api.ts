import { setTimeout as sleep } from "node:timers/promises";

export interface ApiAnswer<Body> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}

export interface ApiCall {
  readonly token?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A caller of the public API, as a program of a customer's would be. */
export function openApi(baseUrl: string) {
  return async function call<Body = Record<string, unknown>>(
    method: string,
    path: string,
    { token, body, headers }: ApiCall = {},
  ): Promise<ApiAnswer<Body>> {
    const response = await fetch(new URL(path, baseUrl), {
      method,
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const json = text === "" ? undefined : (JSON.parse(text) as unknown);
    return { status: response.status, headers: response.headers, body: json as Body };
  };
}

export type Api = ReturnType<typeof openApi>;

/**
 * Asks again until the answer is the one that must come.
 * @param probe gives the value once it is there, `undefined` before
 * @throws with `what` when it has not come in time
 */
export async function eventually<T>(
  what: string,
  probe: () => Promise<T | undefined>,
  withinMs = 20_000,
): Promise<T> {
  const until = Date.now() + withinMs;
  for (;;) {
    const value = await probe();
    if (value !== undefined) return value;
    if (Date.now() > until) throw new Error(`did not happen within ${withinMs} ms: ${what}`);
    await sleep(50);
  }
}
