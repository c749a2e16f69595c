import type { QueueStatus } from "../../contracts/queue.ts";

/** What only the server can read, because the cookies are closed to scripts. */
export interface OwnPlace {
  readonly number: number | null;
  /** Unix milliseconds of the server's clock. */
  readonly passExpiresAt: number | null;
  /** Server clock minus ours. */
  readonly offsetMs: number;
}

/** The status, or nothing while it cannot be had. */
export async function readStatus(url: string): Promise<QueueStatus | undefined> {
  const body = await readJson(url);
  // Our own server wrote it and its tests hold it to the schema; see contracts/queue.ts.
  return typeof body === "object" && body !== null && "serving" in body
    ? (body as QueueStatus)
    : undefined;
}

export async function readPlace(url: string): Promise<OwnPlace | undefined> {
  const body = await readJson(url);
  if (typeof body !== "object" || body === null || !("number" in body)) return undefined;
  const { number } = body;
  const pass = "passExpiresAt" in body ? body.passExpiresAt : null;
  const now = "now" in body && typeof body.now === "number" ? body.now : Date.now();
  return {
    number: typeof number === "number" ? number : null,
    passExpiresAt: typeof pass === "number" ? pass : null,
    offsetMs: now - Date.now(),
  };
}

async function readJson(url: string): Promise<unknown> {
  try {
    const response = await fetch(url, { headers: { Accept: "application/json" } });
    return response.ok ? await response.json() : undefined;
  } catch {
    return undefined; // the next poll tries again; the place is safe
  }
}
