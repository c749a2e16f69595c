import { answerFromMemory } from "./answer-from-memory.ts";
import { answerSearch } from "./answer-search.ts";
import { createApp } from "./app.ts";
import type { Parts } from "./parts.ts";
import { type Answer, toSimpleRead } from "./simple-read.ts";

export type Serve = (
  request: Request,
  bindings: Record<string, unknown>,
  ctx: ExecutionContext,
) => Answer;

/** All that answers requests: what is in memory first, then searches, then the app, which can answer everything. */
export function createServe(parts: Parts): Serve {
  const [known, searched] = [answerFromMemory(parts), answerSearch(parts)];
  const app = createApp(parts);
  return (request, bindings, ctx) => {
    const read = toSimpleRead(parts, request);
    const ahead = read && (known(read, ctx) ?? searched(read, ctx));
    return ahead ?? app.fetch(request, bindings, ctx);
  };
}
