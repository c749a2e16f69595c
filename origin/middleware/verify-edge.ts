import { createMiddleware } from "hono/factory";
import { checkSignature, edgeHeaders } from "../../contracts/edge-signature.ts";
import type { AppEnv } from "../app-env.ts";
import type { Deps } from "../deps.ts";
import { DomainError } from "../errors.ts";

const noBody = new Uint8Array();

/**
 * Refuses what the edge did not sign. The signature covers all that is acted on: method, path, query, body, user,
 * roles, request id and deadline.
 */
export function verifyEdge({ signingKeys, now, logger }: Deps) {
  return createMiddleware<AppEnv>(async (ctx, next) => {
    const { pathname, search } = new URL(ctx.req.url);
    const header = (name: string) => ctx.req.header(name) ?? "";
    const isRead = ctx.req.method === "GET" || ctx.req.method === "HEAD";
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
        body: isRead ? noBody : new Uint8Array(await ctx.req.arrayBuffer()),
        user: header(edgeHeaders.user),
        roles: header(edgeHeaders.roles),
        requestId: header(edgeHeaders.requestId),
        deadline: header(edgeHeaders.deadline),
      },
      now() / 1000,
    );
    if (!check.ok) {
      logger.warn(
        { requestId: ctx.get("requestId"), reason: check.reason },
        "not signed by the edge",
      );
      throw new DomainError("unauthenticated", "Only the edge may ask the origin.");
    }
    await next();
  });
}
