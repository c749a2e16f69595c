import type { SeatChange } from "./states.ts";

/** What comes over the socket: a sequence number, and either changes since the one before or all statuses. */
export type LiveMessage =
  | { readonly seq: number; readonly changes: readonly SeatChange[] }
  | { readonly seq: number; readonly log?: string; readonly statuses: string };

/** What a message means after the last one. */
export type LiveStep =
  | { readonly step: "apply"; readonly changes: readonly SeatChange[] }
  | { readonly step: "load"; readonly statuses: string }
  | { readonly step: "stale" }
  /** One or more messages are missing. */
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
    const { statuses } = value;
    if (!("log" in value) || typeof value.log !== "string") return { seq, statuses };
    return { seq, log: value.log, statuses };
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

/** How far the seats at hand follow the server's log. */
export interface Followed {
  /** Absent when the server did not name it: then one cannot come back to it. */
  readonly log: string | undefined;
  readonly seq: number;
}

/**
 * How far the seats follow the log after a message was taken.
 * @param before `undefined` while they follow none
 */
export function follow(before: Followed | undefined, message: LiveMessage): Followed {
  const named = "statuses" in message ? message.log : undefined;
  return { log: named ?? before?.log, seq: message.seq };
}

/** Where to connect: who knows how far it had come is sent only what it missed. */
export function liveUrl(path: string, base: string, followed: Followed | undefined): URL {
  const url = new URL(path, base.replace(/^http/, "ws"));
  if (followed?.log !== undefined) {
    url.searchParams.set("after", String(followed.seq));
    url.searchParams.set("log", followed.log);
  }
  return url;
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
 * @param base what they are relative to
 * @returns the function that stops it
 */
export function followSeats(
  urls: { readonly live: string; readonly availability: string },
  seats: LiveSeats,
  base: string = location.href,
): () => void {
  let stopped = false;
  let followed: Followed | undefined;
  let socket: WebSocket | undefined;
  let attempts = 0;
  let poll: ReturnType<typeof setInterval> | undefined;
  let retry: ReturnType<typeof setTimeout> | undefined;

  const snapshot = async () => {
    const body = await readAvailability(new URL(urls.availability, base));
    if (body === undefined || stopped || poll === undefined) return;
    seats.load(body);
    // It came from beside the log: changes in it that the log never told would not be taken back.
    followed = undefined;
  };
  const startPolling = () => {
    if (stopped) return;
    poll ??= setInterval(() => {
      if (!isHidden()) void snapshot();
    }, pollMs);
  };
  const stopPolling = () => {
    clearInterval(poll);
    poll = undefined;
  };
  const take = (message: LiveMessage): "taken" | "gap" => {
    const step = nextStep(followed?.seq, message);
    if (step.step === "gap") return "gap";
    if (step.step === "load") seats.load(step.statuses);
    if (step.step === "apply") seats.apply(step.changes);
    if (step.step !== "stale") followed = follow(followed, message);
    return "taken";
  };
  const connect = () => {
    if (stopped || urls.live === "") return;
    const current = new WebSocket(liveUrl(urls.live, base, followed));
    socket = current;
    current.addEventListener("message", ({ data }) => {
      const message = typeof data === "string" ? readMessage(data) : undefined;
      if (!message) return;
      if (take(message) === "gap") return current.close(); // connecting anew brings what is missing
      attempts = 0;
      stopPolling();
    });
    current.addEventListener("close", () => {
      startPolling();
      const wait = Math.min(reconnectMsMax, 1000 * 2 ** attempts++) * (0.5 + Math.random() / 2);
      if (!stopped) retry = setTimeout(connect, wait);
    });
  };
  startPolling();
  connect();
  return () => {
    stopped = true;
    stopPolling();
    clearTimeout(retry);
    socket?.close();
  };
}

/** @returns the packed statuses; `undefined` when they are not to be had: the next poll tries again */
async function readAvailability(url: URL): Promise<string | undefined> {
  try {
    const response = await fetch(url, { headers: { Accept: "application/json" } });
    if (!response.ok) return undefined;
    const body: unknown = await response.json();
    if (typeof body !== "object" || body === null || !("statuses" in body)) return undefined;
    return typeof body.statuses === "string" ? body.statuses : undefined;
  } catch {
    return undefined;
  }
}

function isHidden(): boolean {
  return typeof document !== "undefined" && document.hidden;
}
