import type { Fault } from "./commands.ts";

/** A process of the origin that can be made to meet with misfortune at its next steps outside. */
export interface TestedProcess {
  readonly isDead: boolean;
  /** Resolves when the process is killed. */
  readonly killed: Promise<"killed">;
  fetch(request: Request): Promise<Response>;
  /** @param fault at which of the steps from now on */
  arm(fault: Fault | undefined): void;
  /** What was sent out goes on even when the process is dead: waits for that. */
  settled(): Promise<void>;
  /** Has expired holds tidied up; real processes do so by themselves. */
  sweep(): Promise<void>;
  /** Has the payments of bookings settled; likewise. */
  settle(bookingIds: readonly string[]): Promise<void>;
  /** Has bookings of events that were called off ended; likewise. */
  endCancelled(): Promise<void>;
}
