/** Where a Typesense server is, and the key that may write to it. */
export interface TypesenseTarget {
  readonly url: string;
  readonly apiKey: string;
}

export type HttpResult =
  | { status: "answered"; code: number; body: string }
  /** No answer, or only a part of one: nobody knows whether the request took effect. */
  | { status: "unknown"; reason: string };

/**
 * One request with a deadline over the whole answer. The official client has none for imports and throws on the
 * first failed line, so that bulk writes and exports go this way.
 */
export async function requestTypesense(
  target: TypesenseTarget,
  request: {
    readonly method: "GET" | "POST" | "DELETE";
    /** Path and query. */
    readonly path: string;
    readonly body?: string;
    readonly timeoutMs: number;
    readonly signal?: AbortSignal;
  },
): Promise<HttpResult> {
  const deadline = AbortSignal.timeout(request.timeoutMs);
  try {
    const response = await fetch(new URL(request.path, target.url), {
      method: request.method,
      headers: { "x-typesense-api-key": target.apiKey, "content-type": "text/plain" },
      signal: request.signal ? AbortSignal.any([deadline, request.signal]) : deadline,
      ...(request.body !== undefined && { body: request.body }),
    });
    return { status: "answered", code: response.status, body: await response.text() };
  } catch (error) {
    return { status: "unknown", reason: error instanceof Error ? error.name : String(error) };
  }
}
