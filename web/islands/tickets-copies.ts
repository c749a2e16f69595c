/** Where copies of tickets are kept on a device; signing out removes it with everything else. */
export const copiesName = "tickets";

/** The list of tickets or one booking's, in any language; never a calendar file. */
export function isTicketsPath(pathname: string): boolean {
  return /^(\/[a-z]{2})?\/tickets(\/[0-9a-f-]+)?$/.test(pathname);
}
