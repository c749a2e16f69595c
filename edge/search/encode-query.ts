/** What `application/x-www-form-urlencoded` leaves as it is. */
const plain = /^[A-Za-z0-9*\-._]*$/;
/** What `encodeURIComponent` writes otherwise. */
const otherwise = /%20|[!'()~]/g;

/** Parameters in their order, as `URLSearchParams` writes them; making one of those takes several times as long. */
export function encodeQuery(
  parameters: readonly (readonly [name: string, value: string | undefined])[],
): string {
  let query = "";
  for (const [name, value] of parameters) {
    if (value !== undefined) query += `${query === "" ? "" : "&"}${name}=${encodeValue(value)}`;
  }
  return query;
}

function encodeValue(text: string): string {
  if (plain.test(text)) return text;
  return encodeURIComponent(text.toWellFormed()).replace(otherwise, (it) =>
    it === "%20" ? "+" : `%${it.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
