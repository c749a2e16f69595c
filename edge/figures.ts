/** The part of the Analytics Engine binding that is used. */
export interface PointWriter {
  writeDataPoint(point: { indexes: string[]; blobs: string[]; doubles: number[] }): void;
}

/** Whom the edge asks on somebody's behalf: the origin, an event's object in the origin's place, or Typesense. */
export type Asked = "origin" | "event-object" | "typesense";

export type Outcome =
  /** It answered, whatever it said. */
  | "answered"
  /** What was at hand still holds. */
  | "confirmed"
  /** It could not be reached, took too long, or broke. */
  | "failed";

/**
 * What becomes of the points that the edge writes; without a binding, nothing. Two kinds share a dataset and its
 * columns: an answer to a client (`answer`), and a question to another part (`ask`).
 */
export interface Figures {
  /** `blob1` answer, `blob2` method, `blob3` route, `blob4` where it came from, `blob5` status; `double1` ms. */
  answered(answer: {
    readonly method: string;
    readonly route: string;
    readonly source: string;
    readonly status: number;
    readonly ms: number;
  }): void;
  /** `blob1` ask, `blob2` method, `blob3` who was asked, `blob4` outcome, `blob5` status; `double1` ms. */
  asked(question: {
    readonly method: string;
    readonly who: Asked;
    readonly outcome: Outcome;
    /** 0 without an answer. */
    readonly status: number;
    readonly ms: number;
  }): void;
}

/** @param writer absent where figures go nowhere */
export function createFigures(writer: PointWriter | undefined): Figures {
  return {
    answered({ method, route, source, status, ms }) {
      writer?.writeDataPoint({
        indexes: [route],
        blobs: ["answer", method, route, source, String(status)],
        doubles: [ms],
      });
    },
    asked({ method, who, outcome, status, ms }) {
      writer?.writeDataPoint({
        indexes: [who],
        blobs: ["ask", method, who, outcome, String(status)],
        doubles: [ms],
      });
    },
  };
}
