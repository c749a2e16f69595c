import type { Context } from "hono";
import type { Caller, PagesDeps, Session } from "./deps.ts";
import type { Locale } from "./locale.ts";
import type { Messages } from "./messages/en.ts";

export interface PagesEnv {
  Bindings: Record<string, unknown>;
  Variables: {
    requestId: string;
    deps: PagesDeps;
    locale: Locale;
    m: Messages;
    /** The path without its language. */
    path: string;
    /** Only pages for one person read it; public pages are the same for everybody. */
    session: Session | undefined;
  };
}

export type PageContext = Context<PagesEnv>;

/** Somebody signed in: routes behind `requireSession` have one. */
export function callerOf(c: PageContext): Caller {
  const session = c.get("session");
  if (!session) throw new Error("callerOf() outside of requireSession");
  return { session, requestId: c.get("requestId") };
}
