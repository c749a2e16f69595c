import { hash } from "node:crypto";

/**
 * Stands for a request: two with the same hash ask for the same thing.
 * @param body as it was sent; the empty string without one
 */
export function requestHash(method: string, path: string, body: string): string {
  return hash("sha256", `${method.toUpperCase()} ${path}\n${body}`);
}
