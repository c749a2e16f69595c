import * as z from "zod";
import type { ZodOpenApiPathsObject } from "zod-openapi";
import { answers, fails, signedIn } from "./operations.ts";

const PartState = z.enum(["up", "down", "absent"]);

/** Who one is, and how the service is. */
export const servicePaths: ZodOpenApiPathsObject = {
  "/me": {
    get: {
      ...signedIn,
      summary: "Who the token says the caller is",
      responses: {
        ...answers(200, "The caller", z.object({ id: z.string(), roles: z.array(z.string()) })),
        ...fails("unauthenticated", "rate-limited"),
      },
    },
  },
  "/webhooks/stripe": {
    post: {
      summary:
        "Messages of Stripe about payments, signed by it; they may come twice and out of order",
      requestParams: { header: z.object({ "Stripe-Signature": z.string() }) },
      responses: {
        204: { description: "Understood, or about something else" },
        ...fails("unauthenticated", "malformed-json", "not-found", "service-unavailable"),
      },
    },
  },
  "/health": {
    get: {
      summary: "Whether this process is alive",
      responses: answers(200, "It is", z.object({ status: z.literal("ok") })),
    },
  },
  "/ready": {
    get: {
      summary: "What the service depends on, each with its state",
      responses: answers(
        200,
        "Views and search outlive what is down",
        z.object({
          status: z.enum(["ready", "degraded"]),
          parts: z.object({ origin: PartState, typesense: PartState }),
        }),
      ),
    },
  },
};
