import type { Caller } from "./verify-token.ts";

/** What the middleware leaves in Hono's context for the routes. */
export interface AppEnv {
  Bindings: Record<string, unknown>;
  Variables: {
    requestId: string;
    /** The verified caller; absent without a token. */
    caller: Caller | undefined;
  };
}
