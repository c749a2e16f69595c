/**
 * `If-None-Match`: whether one of the tags is this one, by RFC 9110's weak comparison.
 * @param header the value of the header
 */
export function matches(header: string, etag: string): boolean {
  if (header.trim() === "*") return true;
  const wanted = opaque(etag);
  return tags(header).some((it) => opaque(it) === wanted);
}

/**
 * `If-Match` of a change: whether the caller saw the current state. Only what the tag begins with counts, so that the
 * tag of an event's view will do, whose rest changes with every seat.
 * @param header the value of the header; `undefined` and `*` match everything
 * @param revision what the tags of the current state begin with
 */
export function matchesRevision(header: string | undefined, revision: string): boolean {
  if (header === undefined || header.trim() === "*") return true;
  return tags(header).some((it) => opaque(it).split("-")[0] === revision);
}

function tags(header: string): string[] {
  return header.match(/(?:W\/)?"[^"]*"/g) ?? [];
}

function opaque(etag: string): string {
  return etag.replace(/^W\//, "").replaceAll('"', "");
}
