import type * as z from "zod";
import type { ZodOpenApiOperationObject, ZodOpenApiResponsesObject } from "zod-openapi";
import {
  Problem,
  type ProblemCode,
  problemContentType,
  problems,
} from "../../contracts/problem.ts";

/** A caller must say who they are. */
export const signedIn = { security: [{ user: [] }] } satisfies Partial<ZodOpenApiOperationObject>;

/** A JSON answer. */
export function answers(
  status: number,
  description: string,
  schema: z.ZodType,
): ZodOpenApiResponsesObject {
  return { [`${status}`]: { description, content: { "application/json": { schema } } } };
}

/** The problems that an operation may answer with, one entry per status. */
export function fails(...codes: readonly ProblemCode[]): ZodOpenApiResponsesObject {
  const byStatus = Map.groupBy(codes, (code) => problems[code][0]);
  return Object.fromEntries(
    Array.from(byStatus, ([status, same]) => [
      `${status}`,
      {
        description: same.map((code) => `\`${code}\`: ${problems[code][1]}`).join("; "),
        content: { [problemContentType]: { schema: Problem } },
      },
    ]),
  );
}

/** A JSON request body. */
export function takes(schema: z.ZodType): Pick<ZodOpenApiOperationObject, "requestBody"> {
  return { requestBody: { required: true, content: { "application/json": { schema } } } };
}
