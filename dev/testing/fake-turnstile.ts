import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import * as z from "zod";

const Question = z.object({
  secret: z.string().optional(),
  response: z.string(),
  idempotency_key: z.uuid(),
});

export interface FakeTurnstile {
  readonly url: string;
  readonly secret: string;
  readonly stop: () => Promise<void>;
}

/**
 * Turnstile's `siteverify`, as it is documented: knows its secret, takes an answer once, and once more under the same
 * idempotency key. Answers that begin with `good` are right; `hang` gets no reply.
 */
export async function startFakeTurnstile(): Promise<FakeTurnstile> {
  const secret = randomBytes(16).toString("hex");
  const usedUnder = new Map<string, string>();
  const judge = (body: unknown): string[] => {
    const question = Question.safeParse(body);
    if (!question.success) return ["bad-request"];
    const { response, idempotency_key: key } = question.data;
    if (question.data.secret !== secret) return ["invalid-input-secret"];
    if (!response.startsWith("good")) return ["invalid-input-response"];
    if ((usedUnder.get(response) ?? key) !== key) return ["timeout-or-duplicate"];
    usedUnder.set(response, key);
    return [];
  };
  const server = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk: Buffer) => (text += chunk.toString()));
    request.on("end", () => {
      const body = JSON.parse(text) as { response?: unknown };
      if (body.response === "hang") return;
      const errors = judge(body);
      response.setHeader("Content-Type", "application/json");
      response.end(JSON.stringify({ success: errors.length === 0, "error-codes": errors }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/siteverify`,
    secret,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
