import * as z from "zod";

/** Every failure that a caller can meet, its status and its title. The codes are a promise: never rename one. */
export const problems = {
  "validation-failed": [422, "The request is not valid"],
  "malformed-json": [400, "The body is not valid JSON"],
  "payload-too-large": [413, "The body is too large"],
  unauthenticated: [401, "Sign in first"],
  forbidden: [403, "You may not do this"],
  "not-found": [404, "There is nothing here"],
  "method-not-allowed": [405, "This method is not allowed here"],
  "precondition-failed": [412, "It has changed since you read it"],
  "admission-required": [403, "Join the queue first"],
  "tickets-unavailable": [409, "At least one ticket is held or booked"],
  "hold-expired": [409, "The hold has expired and its tickets are gone"],
  "limit-exceeded": [409, "That is more tickets than one person may have"],
  "sale-not-open": [409, "Tickets are not on sale"],
  "payment-required": [402, "Pay first"],
  "payment-declined": [402, "The payment was declined"],
  "booking-not-changeable": [409, "The booking is past the point where this is possible"],
  conflict: [409, "This clashes with what is there"],
  "idempotency-key-in-use": [409, "The first request with this key is still under way"],
  "idempotency-key-reused": [422, "This key was used for another request"],
  "position-not-served": [409, "It is not your turn yet"],
  "position-expired": [410, "Your turn has passed"],
  "rate-limited": [429, "Too many requests"],
  "service-unavailable": [503, "Not available right now"],
  "internal-error": [500, "Something broke on our side"],
} as const satisfies Record<string, readonly [status: number, title: string]>;

export type ProblemCode = keyof typeof problems;

export const ProblemCode = z.enum(
  Object.keys(problems) as [ProblemCode, ...ProblemCode[]], // Object.keys forgets the literal keys
);

export const InvalidField = z.object({ path: z.string(), message: z.string() });
export type InvalidField = z.infer<typeof InvalidField>;

/** RFC 9457 `application/problem+json` with our stable `code`; some codes carry further members. */
export const Problem = z
  .looseObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: ProblemCode,
    requestId: z.string(),
    errors: z.array(InvalidField).optional(),
    unavailable: z.array(z.string()).optional(),
    alternatives: z.array(z.array(z.string())).optional(),
    queue: z.string().optional(),
    payment: z
      .object({ clientSecret: z.string().optional(), url: z.string().optional() })
      .optional(),
  })
  .meta({ id: "Problem" });
export type Problem = z.infer<typeof Problem>;

export const problemContentType = "application/problem+json";

/**
 * Builds the body of a problem.
 * @param code which problem; fixes status and title
 * @param detail one sentence for the person who reads it
 * @param requestId the `X-Request-Id` of the answer
 * @param extras further members, such as `errors` or `alternatives`
 */
export function toProblem(
  code: ProblemCode,
  detail: string,
  requestId: string,
  extras: Readonly<Record<string, unknown>> = {},
): Problem {
  const [status, title] = problems[code];
  return { type: `/problems/${code}`, title, status, detail, code, requestId, ...extras };
}

/**
 * Turns zod's issues into the `errors` of a `validation-failed` problem, one per field.
 * @param error what `safeParse` gave
 * @param prefix path of the parsed value in the request, such as `query`; empty for the body
 */
export function invalidFields(error: z.ZodError, prefix = ""): InvalidField[] {
  return error.issues.flatMap((issue) => {
    const at = [...(prefix === "" ? [] : [prefix]), ...issue.path.map(String)];
    if (issue.code === "unrecognized_keys") {
      return issue.keys.map((key) => ({ path: [...at, key].join("."), message: "is not known" }));
    }
    return [{ path: at.join("."), message: issue.message }];
  });
}
