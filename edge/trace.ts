/** W3C Trace Context, version 00: the caller's trace, its span, and whether it is recorded. */
const traceparent = /^00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/;
const traceId = /^[0-9a-f]{32}$/;
const none = "0".repeat(32);

/**
 * The trace that a request belongs to.
 * @param header `traceparent` as it came
 * @returns 32 hex digits, or `undefined` without a valid one
 */
export function traceOf(header: string | undefined): string | undefined {
  const id = traceparent.exec(header ?? "")?.[1];
  return id === none ? undefined : id;
}

/**
 * The header for a request that we send on: our request ids are trace ids, so one id finds the whole way of a request
 * in everybody's logs.
 * @param requestId a UUID or a trace id
 * @returns `undefined` for an id that a caller chose and that is neither
 */
export function toTraceparent(requestId: string): string | undefined {
  const id = requestId.replaceAll("-", "").toLowerCase();
  if (!traceId.test(id) || id === none) return undefined;
  const span = crypto.getRandomValues(new Uint8Array(8));
  const hex = Array.from(span, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return `00-${id}-${hex}-01`;
}
