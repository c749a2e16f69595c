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
  const quality = new Map(
    header.split(",").map((part) => {
      const [name = "", ...parameters] = part.trim().toLowerCase().split(";");
      const isRefused = parameters.some((parameter) => /^\s*q=0(?:\.0*)?\s*$/.test(parameter));
      return [name.trim(), !isRefused];
    }),
  );
  return quality.get(coding) ?? quality.get("*") ?? false;
}
