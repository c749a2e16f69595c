import { createMiddleware } from "hono/factory";
import type { PagesEnv } from "./context.ts";

const challengeOrigin = "https://challenges.cloudflare.com";
export const challengeScript = `${challengeOrigin}/turnstile/v0/api.js`;

/** Nothing from elsewhere, nothing inline, no HTML from strings: without nonces, so that pages can be cached. */
const policy = (parts: Readonly<Record<string, string>>, without: readonly string[] = []) =>
  Object.entries({
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "connect-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
    "require-trusted-types-for": "'script'",
    "trusted-types": "'none'",
    ...parts,
  })
    .filter(([name]) => !without.includes(name))
    .map(([name, value]) => `${name} ${value}`)
    .join("; ");

export const strictPolicy = policy({});

/** The tickets page registers a service worker, so that tickets open without a connection. */
export const ticketsPolicy = policy({ "trusted-types": "sw", "worker-src": "'self'" });

/** Turnstile brings a script and a frame of its own, and no policy for trusted types. */
export const challengePolicy = policy(
  {
    "script-src": `'self' ${challengeOrigin}`,
    "frame-src": challengeOrigin,
  },
  ["require-trusted-types-for", "trusted-types"],
);

/**
 * Sends every page with the strict policy and, unless it says otherwise, to no cache.
 * The form that signs in leads to the issuer: browsers apply `form-action` to redirects, too.
 */
export const secureHeaders = createMiddleware<PagesEnv>(async (c, next) => {
  await next();
  const set = (name: string, value: string) => {
    if (!c.res.headers.has(name)) c.res.headers.set(name, value);
  };
  set("Content-Security-Policy", strictPolicy);
  set("Cache-Control", "no-store");
  set("X-Content-Type-Options", "nosniff");
  set("Referrer-Policy", "strict-origin-when-cross-origin");
  set("Cross-Origin-Opener-Policy", "same-origin");
  set("Cross-Origin-Resource-Policy", "same-origin");
  set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=()");
  set("X-Frame-Options", "DENY");
});
