import type { SeatChange } from "./states.ts";

/** What comes over the socket: a sequence number, and either changes since the one before or all statuses. */
export type LiveMessage =
  | { readonly seq: number; readonly changes: readonly SeatChange[] }
  | { readonly seq: number; readonly statuses: string };

/** What a message means after the last one. */
export type LiveStep =
  | { readonly step: "apply"; readonly changes: readonly SeatChange[] }
  | { readonly step: "load"; readonly statuses: string }
  | { readonly step: "stale" }
  /** One or more messages are missing: only a snapshot helps. */
  | { readonly step: "gap" };

/**
 * @param last sequence number of the last message applied, or nothing before the first
 * @param message the next one
 */
export function nextStep(last: number | undefined, message: LiveMessage): LiveStep {
  if ("statuses" in message) return { step: "load", statuses: message.statuses };
  if (last !== undefined && message.seq <= last) return { step: "stale" };
  if (last === undefined || message.seq !== last + 1) return { step: "gap" };
  return { step: "apply", changes: message.changes };
}

/** Reads a frame; whatever is no message of ours is nothing. */
export function readMessage(text: string): LiveMessage | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null || !("seq" in value)) return undefined;
  const { seq } = value;
  if (typeof seq !== "number") return undefined;
  if ("statuses" in value && typeof value.statuses === "string") {
    return { seq, statuses: value.statuses };
  }
  if (!("changes" in value) || !Array.isArray(value.changes)) return undefined;
  const changes = value.changes.filter(isChange);
  return changes.length === value.changes.length ? { seq, changes } : undefined;
}

function isChange(value: unknown): value is SeatChange {
  return (
    Array.isArray(value) &&
    value.length === 2 &&
    Number.isInteger(value[0]) &&
    [0, 1, 2, 3].includes(value[1])
  );
}

/** How often availability is asked for while there is no socket; the edge caches it for a second. */
const pollMs = 3_000;
const reconnectMsMax = 30_000;

export interface LiveSeats {
  readonly load: (statuses: string) => void;
  readonly apply: (changes: readonly SeatChange[]) => void;
}

/**
 * Keeps seats up to date: over the socket while it works, by asking for availability while it does not.
 * @param urls of the socket (may be empty) and of availability
 * @returns the function that stops it
 */
export function followSeats(
  urls: { readonly live: string; readonly availability: string },
  seats: LiveSeats,
): () => void {
  let stopped = false;
  let last: number | undefined;
  let socket: WebSocket | undefined;
  let attempts = 0;
  let poll = 0;
  let retry = 0;

  const snapshot = async () => {
    try {
      const response = await fetch(urls.availability, { headers: { Accept: "application/json" } });
      if (!response.ok || stopped) return;
      const body: unknown = await response.json();
      if (
        typeof body === "object" &&
        body !== null &&
        "statuses" in body &&
        typeof body.statuses === "string"
      ) {
        seats.load(body.statuses);
      }
    } catch {
      // Offline: the next poll tries again.
    }
  };
  const startPolling = () => {
    if (poll === 0 && !stopped)
      poll = window.setInterval(() => !document.hidden && void snapshot(), pollMs);
  };
  const connect = () => {
    if (stopped || urls.live === "") return;
    const current = new WebSocket(new URL(urls.live, location.href.replace(/^http/, "ws")));
    socket = current;
    current.addEventListener("message", ({ data }) => {
      const message = typeof data === "string" ? readMessage(data) : undefined;
      if (!message) return;
      const step = nextStep(last, message);
      if (step.step === "gap") return current.close(); // connecting anew brings a snapshot
      if (step.step === "load") seats.load(step.statuses);
      if (step.step === "apply") seats.apply(step.changes);
      if (step.step !== "stale") last = message.seq;
      attempts = 0;
      clearInterval(poll);
      poll = 0;
    });
    current.addEventListener("close", () => {
      last = undefined;
      startPolling();
      const wait = Math.min(reconnectMsMax, 1000 * 2 ** attempts++) * (0.5 + Math.random() / 2);
      if (!stopped) retry = window.setTimeout(connect, wait);
    });
  };
  startPolling();
  connect();
  return () => {
    stopped = true;
    clearInterval(poll);
    clearTimeout(retry);
    socket?.close();
  };
}
