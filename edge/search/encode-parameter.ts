/** What `application/x-www-form-urlencoded` leaves as it is, and spaces. */
const plain = /^[A-Za-z0-9*\-._ ]*$/;
/** What `encodeURIComponent` writes otherwise. */
const otherwise = /%20|[!'()~]/g;

/**
 * One parameter of a query, as `URLSearchParams` writes it with a `&` before it; making one of those takes several times
 * as long.
 * @returns nothing for what is absent
 */
export function encodeParameter(name: string, value: string | undefined): string {
  return value === undefined ? "" : `&${name}=${encodeValue(value)}`;
}

function encodeValue(text: string): string {
  if (plain.test(text)) return text.replaceAll(" ", "+");
  return encodeURIComponent(text.toWellFormed()).replace(otherwise, (it) =>
    it === "%20" ? "+" : `%${it.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
