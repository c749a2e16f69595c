import { createMiddleware } from "hono/factory";
import { checkSignature, edgeHeaders } from "../../contracts/edge-signature.ts";
import type { AppEnv } from "../app-env.ts";
import type { Parts } from "../parts.ts";
import { EdgeProblem } from "../problem.ts";

/** For requests of our own origin and indexer: signed like those that the edge sends. */
export function verifySignature({ signingKeys, now }: Parts) {
  return createMiddleware<AppEnv>(async (ctx, next) => {
    const { method, url } = ctx.req;
    const { pathname, search } = new URL(url);
    const header = (name: string) => ctx.req.header(name) ?? "";
    const check = await checkSignature(
      signingKeys,
      header(edgeHeaders.keyId),
      header(edgeHeaders.signature),
      {
        method,
        path: pathname,
        query: search,
        timestampSeconds: Number(header(edgeHeaders.timestamp)),
        body: new Uint8Array(await ctx.req.arrayBuffer()),
        user: header(edgeHeaders.user),
        roles: header(edgeHeaders.roles),
        requestId: header(edgeHeaders.requestId),
        deadline: header(edgeHeaders.deadline),
      },
      Math.floor(now() / 1000),
    );
    if (!check.ok) throw new EdgeProblem("forbidden", "This is for our own parts only.");
    await next();
  });
}
