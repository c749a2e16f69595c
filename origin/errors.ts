import type { ProblemCode } from "../contracts/problem.ts";

/**
 * A failure that the caller can understand. Verbs throw it; one mapper in `app.ts` turns it into a problem.
 * Anything else that is thrown is a bug or a dead part, and is mapped there, too.
 */
export class DomainError extends Error {
  readonly code: ProblemCode;
  /** Further members of the problem, such as `unavailable` and `alternatives`. */
  readonly extras: Readonly<Record<string, unknown>>;
  /** For 429 and 503, in seconds. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    code: ProblemCode,
    detail: string,
    options: {
      readonly extras?: Readonly<Record<string, unknown>>;
      readonly retryAfterSeconds?: number;
      readonly cause?: unknown;
    } = {},
  ) {
    super(detail, { cause: options.cause });
    this.name = "DomainError";
    this.code = code;
    this.extras = options.extras ?? {};
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

/** Nobody waits for the answer any more. */
export function tooLate(): DomainError {
  return new DomainError("service-unavailable", "The time for this request was over.", {
    retryAfterSeconds: 1,
  });
}
