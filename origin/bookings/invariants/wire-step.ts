/** Something that a process sent out over a wire, stopped at the wall around it. */
export interface WireStep {
  /** The Postgres backend at the other end; undefined: it goes to Redis. */
  readonly backend: number | undefined;
  /** Sends it on. Resolves once all of the answer is there, or the other end is gone; the process has nothing of it yet. */
  send(): Promise<void>;
  /** Hands the answer to the process. */
  pass(): void;
  /** Cuts the process off from the other end. */
  cut(): void;
}

/** What is to become of a step. */
export type OnStep = (step: WireStep) => Promise<void>;

/** A wall around a process towards one of the stores. */
export interface Wall {
  readonly port: number;
  /** Waits until nothing that was sent on is under way any more. */
  settled(): Promise<void>;
  close(): Promise<void>;
}
