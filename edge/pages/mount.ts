import type { Context } from "hono";
import { getCookie } from "hono/cookie";
import { createMiddleware } from "hono/factory";
import * as z from "zod";
import type { AppEnv } from "../app-env.ts";
import type { Parts } from "../parts.ts";
import { EdgeProblem } from "../problem.ts";
import { apiVerbs } from "./api-deps.ts";
import type { AssetPaths, PagesDeps, Session, SignIn } from "./deps.ts";
import { createSignIn } from "./open-id.ts";
import { pageRoutes } from "./routes.ts";

/** What belongs to people; everything else is the API's. */
const pagePaths =
  /^\/(?:(?:de|es)(?:\/.*)?|(?:e|hold|wait|auth|console)\/.*|tickets(?:\/.*)?|console|robots\.txt|sitemap(?:-\d{4}-\d\d)?\.xml)?$/;

interface Api {
  fetch(
    request: Request,
    bindings: AppEnv["Bindings"],
    ctx: ExecutionContext,
  ): Response | Promise<Response>;
}

/** Answers requests of people; `undefined` where there are no pages. */
export type ServePage = (ctx: Context<AppEnv>) => Response | Promise<Response>;

/**
 * The pages, as one handler beside the API's.
 * @param api the whole app, which the pages ask as any client would
 */
export function openPages(parts: Parts, api: Api): ServePage | undefined {
  const { PUBLIC_URL: publicUrl } = parts.env;
  if (publicUrl === undefined) return undefined;
  const shared = sharedDeps(parts, publicUrl);
  const pages = pageRoutes((c) => {
    const requestId = String(c.env.PAGE_REQUEST_ID);
    const address = c.req.header("CF-Connecting-IP");
    const ask = (path: string, init: RequestInit) => {
      const headers = new Headers(init.headers);
      headers.set("X-Request-Id", requestId);
      if (address !== undefined) headers.set("CF-Connecting-IP", address);
      // What the network in front says of the visitor goes along, but for how they would have a body packed: it is read here.
      const cf = c.req.raw.cf && { ...c.req.raw.cf, clientAcceptEncoding: "identity" };
      const request = new Request(new URL(path, publicUrl), {
        ...init,
        headers,
        ...(cf && { cf }),
      });
      return Promise.resolve(api.fetch(request, c.env, c.executionCtx as ExecutionContext));
    };
    return { requestId, deps: { ...shared, ...apiVerbs(ask) } };
  });
  return (ctx) => {
    const bindings = { ...ctx.env, PAGE_REQUEST_ID: ctx.get("requestId") };
    return pages.fetch(ctx.req.raw, bindings, ctx.executionCtx);
  };
}

/** Gives the pages what is theirs; the API's requests go on. */
export function routePages(parts: Parts, serve: ServePage | undefined) {
  return createMiddleware<AppEnv>(async (ctx, next) => {
    if (serve && pagePaths.test(ctx.req.path)) return serve(ctx);
    if (ctx.req.path === "/me" && ctx.req.header("Authorization") === undefined) {
      const token = getCookie(ctx, "session", "host");
      const session = token === undefined ? undefined : await readSession(parts.verifyToken, token);
      if (session)
        return ctx.json({ id: session.userId, name: session.name, roles: session.roles });
    }
    return next();
  });
}

/** Whether an address that nobody knows is to be told in a page: to browsers, not to programs. */
export function wantsPage(ctx: Context<AppEnv>): boolean {
  return ctx.req.method === "GET" && (ctx.req.header("Accept") ?? "").includes("text/html");
}

type Shared = Pick<
  PagesDeps,
  "publicOrigin" | "now" | "reportError" | "assets" | "readSession" | "signIn" | "challengeSiteKey"
>;

function sharedDeps({ env, now, verifyToken }: Parts, publicUrl: string): Shared {
  const publicOrigin = new URL(publicUrl).origin;
  const reportError = (error: Error, requestId: string) => {
    const { name, message, stack } = error;
    // oxlint-disable-next-line no-console -- how Workers log
    console.error(JSON.stringify({ level: "error", requestId, name, message, stack }));
  };
  let assets: Promise<AssetPaths> | undefined;
  return {
    publicOrigin,
    challengeSiteKey: env.TURNSTILE_SITE_KEY,
    now,
    reportError,
    assets: () => {
      assets ??= readAssets(env.ASSETS);
      assets.catch(() => (assets = undefined)); // the next page tries again
      return assets;
    },
    readSession: (token) => readSession(verifyToken, token),
    signIn: signInOf({ env, now }, publicOrigin, (error) => reportError(error, "")),
  };
}

async function readAssets(files: Parts["env"]["ASSETS"]): Promise<AssetPaths> {
  if (!files) throw new Error("there is no assets binding");
  const response = await files.fetch("https://assets.internal/asset-list.json");
  return z.record(z.string(), z.string()).parse(await response.json());
}

/** A session that is over is none; that tokens cannot be verified right now is another matter. */
async function readSession(
  verifyToken: Parts["verifyToken"],
  token: string,
): Promise<Session | undefined> {
  try {
    const { id, name, roles } = await verifyToken(token);
    return { userId: id, name: name ?? id, roles, token };
  } catch (error) {
    if (error instanceof EdgeProblem && error.code === "unauthenticated") return undefined;
    throw error;
  }
}

function signInOf(
  { env, now }: Pick<Parts, "env" | "now">,
  publicOrigin: string,
  reportError: (error: Error) => void,
): SignIn {
  const issuer = env.JWT_ISSUER;
  return createSignIn({
    issuer,
    discoveryUrl: env.OIDC_DISCOVERY_URL ?? `${issuer}/.well-known/openid-configuration`,
    clientId: env.OIDC_CLIENT_ID ?? env.JWT_AUDIENCE,
    clientSecret: env.OIDC_CLIENT_SECRET,
    redirectUri: `${publicOrigin}/auth/callback`,
    now,
    reportError,
  });
}
