import type { Caller } from "./verify-token.ts";

/** What the middleware leaves in Hono's context for the routes. */
export interface AppEnv {
  Bindings: Record<string, unknown>;
  Variables: {
    requestId: string;
    /**
     * Verifies the caller's token when somebody first wants to know; `undefined` without one. Public reads never ask,
     * so that they depend on no issuer. Throws `unauthenticated`, or `service-unavailable` without the issuer's keys.
     */
    identify: () => Promise<Caller | undefined>;
    /** The verified caller, on routes that require one. */
    caller: Caller | undefined;
  };
}
