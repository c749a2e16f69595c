import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import { edgeHeaders } from "../../contracts/edge-signature.ts";
import type { AppEnv } from "../app-env.ts";
import type { Deps } from "../deps.ts";
import { createSignatureCheck } from "../check-signature.ts";
import { DomainError } from "../errors.ts";

const noBody = new Uint8Array();
const decoder = new TextDecoder();

/**
 * Refuses what the edge did not sign. The signature covers all that is acted on: method, path, query, body, user,
 * roles, request id and deadline.
 */
export function verifyEdge({ signingKeys, now, logger }: Deps) {
  const checkSignature = createSignatureCheck(signingKeys);
  return createMiddleware<AppEnv>(async (ctx, next) => {
    const { path, query } = splitUrl(ctx.req.url);
    const header = (name: string) => ctx.req.header(name) ?? "";
    const isRead = ctx.req.method === "GET" || ctx.req.method === "HEAD";
    const timestamp = header(edgeHeaders.timestamp);
    const check = checkSignature(
      header(edgeHeaders.keyId),
      header(edgeHeaders.signature),
      {
        method: ctx.req.method,
        path,
        query,
        timestampSeconds: /^\d{1,12}$/.test(timestamp) ? Number(timestamp) : Number.NaN,
        body: isRead ? noBody : await readBytes(ctx),
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

/** Leaves the text for the routes: Hono would make it of the bytes by way of a response and a stream. */
async function readBytes(ctx: Context<AppEnv>): Promise<Uint8Array> {
  const bytes = new Uint8Array(await ctx.req.arrayBuffer());
  // Hono keeps promises here, whatever its type says.
  ctx.req.bodyCache.text = Promise.resolve(decoder.decode(bytes)) as unknown as string;
  return bytes;
}

/** Node has parsed the URL once to make it; the path and the query stand in it as they came. */
function splitUrl(url: string): { path: string; query: string } {
  const from = url.indexOf("/", url.indexOf("://") + 3);
  const mark = url.indexOf("?", from);
  const end = url.indexOf("#", from);
  const last = end < 0 ? url.length : end;
  if (mark < 0 || mark > last) return { path: url.slice(from, last), query: "" };
  const query = url.slice(mark, last);
  return { path: url.slice(from, mark), query: query === "?" ? "" : query };
}
