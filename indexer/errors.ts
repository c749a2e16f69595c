/** Typesense cannot take writes just now; the same may work later. */
export class SinkUnavailableError extends Error {
  readonly code: number;

  /** @param code its HTTP status, 0 for no (whole) answer */
  constructor(code: number) {
    super(`the search server is unavailable (${code})`);
    this.code = code;
  }
}

/** A collection that we write to is gone, or readers do not see it any more. */
export class CollectionMissingError extends Error {
  readonly collection: string;

  constructor(collection: string) {
    super(`collection ${collection} is missing`);
    this.collection = collection;
  }
}

/** Why the indexer waits for a human. */
export type HaltReason =
  | "database-settings"
  | "publication"
  | "replica-identity"
  | "schema-drift"
  | "sink-refused"
  | "database-refused"
  | "mass-failure"
  | "too-many-rebuilds";

/** Nothing that the indexer can do by itself would help. It stops acknowledging, says why, and looks again later. */
export class HaltError extends Error {
  readonly reason: HaltReason;

  constructor(reason: HaltReason, detail: string) {
    super(detail);
    this.reason = reason;
  }
}

/** Another process has taken over: this one must not write any more. */
export class FencedError extends Error {}

/** SQLSTATEs that decide what happens next. */
export const sqlState = {
  objectInUse: "55006",
  objectNotInPrerequisiteState: "55000",
  undefinedObject: "42704",
  duplicateObject: "42710",
  invalidPassword: "28P01",
  invalidAuthorization: "28000",
  insufficientPrivilege: "42501",
} as const;

/** @returns the SQLSTATE of a database error, or the system's code of a network error, or an empty string */
export function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "string" ? code : "";
}
