import { inject } from "vitest";

/** See the scripted server that plays the edge's neighbours. */
export interface Script {
  readonly path: string;
  readonly fault?: "hang" | "refuse";
  readonly delayMs?: number;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly bodyBase64: string;
}

/** A neighbour of the edge that does what a test says. */
function neighbour(url: string) {
  return {
    url,
    async plays({ body = "", ...script }: Script): Promise<void> {
      const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
      let binary = "";
      for (const byte of bytes) binary += String.fromCharCode(byte);
      await fetch(`${url}/_script`, {
        method: "PUT",
        body: JSON.stringify({ ...script, bodyBase64: btoa(binary) }),
      });
    },
    async received(path: string): Promise<Received[]> {
      const response = await fetch(`${url}/_received?path=${encodeURIComponent(path)}`);
      return response.json();
    },
  };
}

export const origin = neighbour(inject("originUrl"));
export const issuer = neighbour(inject("issuerUrl"));
export const searchServer = neighbour(inject("searchUrl"));

let last = Date.now() * 100 + Math.floor(Math.random() * 100);

/** An id that no other test uses, in this file or another. */
export function newId(): string {
  last++;
  return String(last);
}

/** Lets the origin show an event. @returns its id */
export async function showEvent(name = "An evening", id = newId()): Promise<string> {
  await origin.plays({
    path: `/events/${id}`,
    status: 200,
    headers: { "content-type": "application/json", etag: `W/"1-${name.replaceAll(" ", "-")}"` },
    body: JSON.stringify({ event: { id, name }, tickets: [] }),
  });
  return id;
}
