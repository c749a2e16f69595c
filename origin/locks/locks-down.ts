import { DomainError } from "../errors.ts";
import type { Script } from "./script.ts";

const retryAfterSeconds = 2;

/** The client's messages quote the command, and with it the user: only the kind of failure goes on. */
export function locksDown({ name }: Script, error: unknown): DomainError {
  const kind = error instanceof Error ? error.name : typeof error;
  return new DomainError(
    "service-unavailable",
    "Tickets cannot be held at the moment. Try again.",
    {
      retryAfterSeconds,
      cause: new Error(`the script ${name} failed: ${kind}`),
    },
  );
}
