import { edgeHeaders, signParts } from "../../contracts/edge-signature.ts";
import type { Deps } from "../deps.ts";
import type { TestIssuer } from "./issuer.ts";

export interface EdgeRequest {
  readonly method?: string;
  readonly user?: string;
  readonly roles?: readonly string[];
  /** Anything but text is sent as JSON. */
  readonly body?: unknown;
  /** Further headers; they may overwrite those of the edge after it has signed. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Unix milliseconds. */
  readonly deadline?: number;
  readonly requestId?: string;
}

/**
 * A request as the edge sends it.
 * @param path with its query
 */
export async function signRequest(
  {
    signingKeys,
    issuer,
  }: Pick<Deps, "signingKeys"> & { readonly issuer: Pick<TestIssuer, "sign"> },
  path: string,
  request: EdgeRequest,
  base = "http://origin.test",
): Promise<Request> {
  const { method = "GET", user = "", roles = [], body, headers = {}, deadline } = request;
  const url = new URL(path, base);
  const text = typeof body === "string" || body === undefined ? body : JSON.stringify(body);
  const timestampSeconds = Math.floor(Date.now() / 1000);
  const requestId = request.requestId ?? "test-request";
  const signed = await signParts(signingKeys, {
    method,
    path: url.pathname,
    query: url.search,
    timestampSeconds,
    body: new TextEncoder().encode(text ?? ""),
    user,
    roles: roles.join(","),
    requestId,
    deadline: deadline === undefined ? "" : String(deadline),
  });
  return new Request(url, {
    method,
    ...(text !== undefined && { body: text }),
    headers: {
      [edgeHeaders.keyId]: signed.keyId,
      [edgeHeaders.signature]: signed.signature,
      [edgeHeaders.timestamp]: String(timestampSeconds),
      [edgeHeaders.requestId]: requestId,
      ...(user !== "" && {
        [edgeHeaders.user]: user,
        [edgeHeaders.roles]: roles.join(","),
        Authorization: `Bearer ${await issuer.sign(user, { roles })}`,
      }),
      ...(deadline !== undefined && { [edgeHeaders.deadline]: String(deadline) }),
      ...headers,
    },
  });
}
