/** What is known of whoever asks to join. */
export interface Signs {
  /** Of the challenge: `off` where none is configured, `unknown` while nobody can say. */
  readonly challenge: "passed" | "failed" | "unknown" | "off";
  /** 1 (certainly automated) to 99 (certainly a person), where the network in front says so. */
  readonly botScore: number | undefined;
}

/** Below it the network in front takes a request for automated. */
const botScoreMin = 30;

/**
 * Whether somebody is probably a program. Whoever solved the challenge is not; without it (there are people without
 * scripts) the score decides, and where there is none, the missing answer. What is out of order on our side is held
 * against nobody.
 */
export function isSuspected({ challenge, botScore }: Signs): boolean {
  switch (challenge) {
    case "passed":
      return false;
    case "failed":
      return botScore === undefined || botScore < botScoreMin;
    case "unknown":
    case "off":
      return botScore !== undefined && botScore < botScoreMin;
    default:
      return challenge satisfies never;
  }
}
