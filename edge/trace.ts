/** W3C Trace Context, version 00: the caller's trace, its span, and whether it is recorded. */
const traceparent = /^00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/;
const traceId = /^[0-9a-f]{32}$/;
const none = "0".repeat(32);
const spansMax = 2 ** 32 - 1;

/**
 * The trace that a request belongs to.
 * @param header `traceparent` as it came
 * @returns 32 hex digits, or `undefined` without a valid one
 */
export function traceOf(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  const id = traceparent.exec(header)?.[1];
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
  return `00-${id}-${nextSpan()}-01`;
}

let spansOf = "";
let spans = 0;

/** Unlike others in its trace: half of it is the isolate's, by chance, and the other half counts. */
function nextSpan(): string {
  if (spansOf === "") spansOf = hex(crypto.getRandomValues(new Uint32Array(1))[0] ?? 0);
  spans = (spans % spansMax) + 1; // never none
  return spansOf + hex(spans);
}

function hex(number: number): string {
  return number.toString(16).padStart(8, "0");
}
