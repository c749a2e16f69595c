import { changesPath } from "./changes.ts";

/** Of nearly everything: nobody has more to say. */
const bytesMax = 64 * 1024;
/** A seating plan names every seat of a stadium. */
const planBytesMax = 8 * 1024 * 1024;
/** A batch of 500 messages about up to 8 seats each. */
const changesBytesMax = 1024 * 1024;

const planPath = /^\/admin\/venues\/[^/]+\/plan$/;

/**
 * How large a request's body may be, by its class of route: at the edge and at the origin alike.
 * @param path without query
 * @returns bytes
 */
export function bodyBytesMax(method: string, path: string): number {
  if (method === "PUT" && planPath.test(path)) return planBytesMax;
  return path === changesPath ? changesBytesMax : bytesMax;
}
