import { createMiddleware } from "hono/factory";
import { checkSignature, edgeHeaders } from "../../contracts/edge-signature.ts";
import type { AppEnv } from "../app-env.ts";
import type { Parts } from "../parts.ts";
import { EdgeProblem } from "../problem.ts";

/** Refuses what neither the origin nor the indexer signed. They act for nobody, so no user is part of it. */
export function verifyOrigin({ signingKeys, now }: Parts) {
  return createMiddleware<AppEnv>(async (ctx, next) => {
    const { pathname, search } = new URL(ctx.req.url);
    const header = (name: string) => ctx.req.header(name) ?? "";
    const timestamp = header(edgeHeaders.timestamp);
    const check = await checkSignature(
      signingKeys,
      header(edgeHeaders.keyId),
      header(edgeHeaders.signature),
      {
        method: ctx.req.method,
        path: pathname,
        query: search,
        timestampSeconds: /^\d{1,12}$/.test(timestamp) ? Number(timestamp) : Number.NaN,
        body: new Uint8Array(await ctx.req.arrayBuffer()),
        user: "",
        roles: "",
        requestId: header(edgeHeaders.requestId),
        deadline: "",
      },
      now() / 1000,
    );
    if (!check.ok) throw new EdgeProblem("unauthenticated", "Only our own parts may ask this.");
    await next();
  });
}
