import { EdgeProblem } from "../problem.ts";

/** Seconds to stay away: spread out, so that nobody comes back in step. */
const busySeconds = [2, 10] as const;

export function noRoom(): EdgeProblem {
  return new EdgeProblem("not-found", "This event has no waiting room.");
}

/** The room cannot answer right now; places are kept. */
export function busy(): EdgeProblem {
  const [from, to] = busySeconds;
  const after = from + Math.floor(Math.random() * (to - from + 1));
  return new EdgeProblem(
    "service-unavailable",
    "The waiting room does not answer right now. Your place, if you have one, is kept.",
    {},
    { "Retry-After": String(after) },
  );
}

export function notServed(detail: string, retryAfterSeconds: number): EdgeProblem {
  return new EdgeProblem(
    "position-not-served",
    detail,
    {},
    { "Retry-After": String(retryAfterSeconds) },
  );
}

export function placeExpired(detail: string): EdgeProblem {
  return new EdgeProblem("position-expired", detail);
}

export function notYours(what: "Queue-Ticket" | "Admission-Pass"): EdgeProblem {
  return new EdgeProblem("forbidden", `The ${what} is not valid for this user and event.`);
}

export function missingTicket(): EdgeProblem {
  const errors = [{ path: "headers.Queue-Ticket", message: "is missing" }];
  return new EdgeProblem("validation-failed", "The header Queue-Ticket is missing.", { errors });
}
