import type { QueuePhase } from "../../../contracts/queue.ts";

/** What can happen to a room. `opened` is the draw being fixed, by the clock or by an administrator. */
export type RoomChange =
  | "opened"
  | "paused"
  | "resumed"
  | "closed"
  | "sold-out"
  | "back-on-sale"
  | "flagged-again";

type Next = QueuePhase | "refused";

/**
 * The total table of transitions. Before the opening nothing can be paused (move the opening instead), and a
 * draw is never repeated: only a reset, which is a new generation, starts over.
 */
const table: Readonly<Record<QueuePhase, Readonly<Record<RoomChange, Next>>>> = {
  pre: {
    opened: "open",
    paused: "refused",
    resumed: "refused",
    closed: "closed",
    "sold-out": "refused",
    "back-on-sale": "refused",
    "flagged-again": "pre",
  },
  open: {
    opened: "refused",
    paused: "paused",
    resumed: "refused",
    closed: "closed",
    "sold-out": "sold-out",
    "back-on-sale": "refused",
    "flagged-again": "open",
  },
  paused: {
    opened: "refused",
    paused: "refused",
    resumed: "open",
    closed: "closed",
    "sold-out": "refused",
    "back-on-sale": "refused",
    "flagged-again": "paused",
  },
  closed: {
    opened: "refused",
    paused: "refused",
    resumed: "refused",
    closed: "refused",
    "sold-out": "refused",
    "back-on-sale": "refused",
    "flagged-again": "refused",
  },
  "sold-out": {
    opened: "refused",
    paused: "paused",
    resumed: "refused",
    closed: "closed",
    "sold-out": "refused",
    "back-on-sale": "open",
    "flagged-again": "sold-out",
  },
};

/** @returns the phase after the change, or `refused` where it makes no sense */
export function nextPhase(phase: QueuePhase, change: RoomChange): Next {
  return table[phase][change];
}
