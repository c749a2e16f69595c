/** The verified user of a request. */
export interface User {
  /** `sub` of the token. */
  readonly id: string;
  readonly roles: readonly string[];
}

/** What the middleware leaves in Hono's context for the routes. */
export interface AppEnv {
  Variables: {
    requestId: string;
    user: User | undefined;
    /** Whether the edge has stopped waiting for the answer. */
    isLate: () => boolean;
  };
}
