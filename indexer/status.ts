import type { HaltReason } from "./errors.ts";
import type { IndexerMetrics } from "./metrics.ts";

export const stateNames = [
  "booting",
  "validating",
  "standby",
  "building",
  "streaming",
  "sink-down",
  "backoff",
  "halted",
  "draining",
  "stopped",
] as const;

/** What the service is doing. */
export type ServiceState =
  | { name: Exclude<(typeof stateNames)[number], "halted"> }
  | { name: "halted"; reason: HaltReason; detail: string };

/** Everything that `/ready` is decided from; written by the service, read by whoever asks. */
export class ServiceStatus {
  readonly #metrics: IndexerMetrics;
  #state: ServiceState = { name: "booting" };
  /** When the oldest unwritten change arrived, Unix milliseconds. */
  dirtySinceMs: number | null = null;
  /** Whether so much is dirty that the stream is not read on: it is silent then by our own doing. */
  paused = false;
  /** When a heartbeat last came back through the stream. */
  heartbeatMs: number | null = null;

  constructor(metrics: IndexerMetrics) {
    this.#metrics = metrics;
  }

  get state(): ServiceState {
    return this.#state;
  }

  enter(state: ServiceState): void {
    this.#state = state;
    for (const name of stateNames) {
      this.#metrics.state.set({ state: name }, name === state.name ? 1 : 0);
    }
  }
}

export interface Readiness {
  readonly ready: boolean;
  readonly state: ServiceState["name"];
  readonly detail: string;
}

const dirtyMsMax = 30_000;

/**
 * Whether the index can be relied on. A standby is ready: it does what it is for.
 * @param heartbeatLostMs silence of the stream after which it is not believed to live
 */
export function readinessOf(
  status: Pick<ServiceStatus, "state" | "dirtySinceMs" | "heartbeatMs">,
  nowMs: number,
  heartbeatLostMs: number,
): Readiness {
  const { state } = status;
  const answer = (ready: boolean, detail: string) => ({ ready, state: state.name, detail });
  switch (state.name) {
    case "halted":
      return answer(false, `${state.reason}: ${state.detail}`);
    case "standby":
      return answer(true, "another indexer is active");
    case "booting":
    case "validating":
    case "backoff":
    case "draining":
    case "stopped":
      return answer(false, state.name);
    case "building":
    case "streaming":
    case "sink-down": {
      const dirtyMs = status.dirtySinceMs === null ? 0 : nowMs - status.dirtySinceMs;
      if (dirtyMs > dirtyMsMax) return answer(false, `a change waits since ${dirtyMs} ms`);
      const silentMs = status.heartbeatMs === null ? 0 : nowMs - status.heartbeatMs;
      if (silentMs > heartbeatLostMs) return answer(false, `no heartbeat since ${silentMs} ms`);
      return answer(state.name !== "building", state.name);
    }
    default:
      return state satisfies never;
  }
}
