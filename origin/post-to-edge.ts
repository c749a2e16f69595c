import { signedMessage } from "../contracts/signed-message.ts";
import type { Deps } from "./deps.ts";

/**
 * Posts a message to the edge, signed like what the edge asks of the origin.
 * @param path on the edge, with a leading slash and without a query
 * @param message becomes the JSON body
 * @throws Error when the edge does not answer within `timeoutMs`, or not with a 2xx
 */
export async function postToEdge(
  { edgeUrl, signingKeys, now }: Pick<Deps, "edgeUrl" | "signingKeys" | "now">,
  path: string,
  message: unknown,
  timeoutMs: number,
): Promise<Response> {
  const signed = await signedMessage(signingKeys, path, message, now());
  const response = await fetch(edgeUrl + path, {
    ...signed,
    redirect: "error",
    signal: AbortSignal.timeout(timeoutMs),
  });
  if (response.ok) return response;
  await response.body?.cancel();
  throw new Error(`the edge answered ${response.status}`);
}
