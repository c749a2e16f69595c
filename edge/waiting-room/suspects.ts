import * as z from "zod";
import { isSuspected } from "./core/suspicion.ts";
import { checkChallenge, type TurnstileSettings } from "./turnstile.ts";

/** Where the answer to the challenge comes in. */
export const challengeHeader = "Turnstile-Token";

const Cf = z.object({
  botManagement: z.object({ score: z.number() }),
});

/**
 * Whether the sender of a request is probably a program, by the challenge and by what the network in front says.
 * @param request a join, with its headers and Cloudflare's properties
 */
export async function suspects(settings: TurnstileSettings, request: Request): Promise<boolean> {
  const { headers } = request;
  const token = headers.get(challengeHeader) ?? undefined;
  const address = headers.get("CF-Connecting-IP") ?? undefined;
  const cf = Cf.safeParse(request.cf);
  const botScore = cf.success ? cf.data.botManagement.score : undefined;
  return isSuspected({ challenge: await checkChallenge(settings, token, address), botScore });
}
