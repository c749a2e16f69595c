/**
 * The codings that a client takes. The network in front replaces the header by its own, and keeps the client's apart.
 * @returns the value to read, as the client sent it
 */
export function acceptEncoding(request: Request): string {
  const cf = request.cf as { clientAcceptEncoding?: unknown } | undefined;
  const own = cf?.clientAcceptEncoding;
  return typeof own === "string" ? own : (request.headers.get("Accept-Encoding") ?? "");
}

/**
 * Whether a coding is taken, by RFC 9110: named, or covered by `*`, and not refused by `q=0`.
 * @param header as {@link acceptEncoding} gives it
 */
export function takes(header: string, coding: string): boolean {
  let codings = known.get(header);
  if (!codings) {
    codings = readCodings(header);
    if (known.size >= knownMax) known.clear();
    if (header.length <= knownLengthMax) known.set(header, codings);
  }
  return codings.get(coding) ?? codings.get("*") ?? false;
}

/** Browsers say one of a few things. Bounded: what else is said is callers' to invent. */
const known = new Map<string, ReadonlyMap<string, boolean>>();
const knownMax = 100;
const knownLengthMax = 200;

function readCodings(header: string): ReadonlyMap<string, boolean> {
  return new Map(
    header.split(",").map((part) => {
      const [name = "", ...parameters] = part.trim().toLowerCase().split(";");
      const isRefused = parameters.some((parameter) => /^\s*q=0(?:\.0*)?\s*$/.test(parameter));
      return [name.trim(), !isRefused];
    }),
  );
}
