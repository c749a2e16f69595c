import { etaMinutes, type Place } from "../../edge/waiting-room/core/place.ts";
import type { QueueStatus } from "../../contracts/queue.ts";
import { clockText, hourFormat } from "./clock-text.ts";
import { say, sayCount, type Words } from "../map/words.ts";

const dayMs = 86_400_000;

/** What the page says about one's place, and which buttons it offers. An empty line is not shown. */
export interface Lines {
  readonly place: string;
  readonly eta: string;
  readonly unlikely: string;
  readonly clock: string;
  readonly safe: boolean;
  readonly join: boolean;
  readonly claim: boolean;
  readonly choose: boolean;
  readonly leave: boolean;
}

export interface Standing {
  readonly status: QueueStatus;
  /** Nothing for somebody who has not joined. */
  readonly place: Place | undefined;
  /** Of the admission pass, in Unix milliseconds of the server's clock, or nothing without one. */
  readonly passExpiresAt: number | null;
  /** The server's clock. */
  readonly now: number;
  readonly locale: string;
  readonly zone: string;
}

/** Puts a place into words. */
export function linesOf(standing: Standing, words: Words): Lines {
  const { status, place, passExpiresAt, now, locale, zone } = standing;
  const nothing = { eta: "", unlikely: "", clock: "" };
  if (passExpiresAt !== null && passExpiresAt > now) {
    const time = hourFormat(locale, zone).format(passExpiresAt);
    return {
      ...nothing,
      place: say(words, "pass", { time }),
      clock: say(words, "passClock", { clock: clockText(passExpiresAt - now) }),
      safe: true,
      join: false,
      claim: false,
      choose: true,
      leave: false,
    };
  }
  const over = status.phase === "closed" || status.phase === "sold-out";
  const gone = place === undefined || place.state === "expired";
  const isWaiting = place?.state === "waiting";
  const isTurn = place?.state === "served";
  return {
    ...nothing,
    clock: openingLine(status, now, words),
    place: placeLine(place, words, locale),
    eta: isWaiting ? etaLine(place.eta, words, locale) : isTurn ? say(words, "turnHint") : "",
    unlikely: isWaiting && place.chance === "unlikely" ? say(words, "unlikely") : "",
    safe: !gone && !over,
    join: !over && gone,
    claim: isTurn,
    choose: false,
    leave: !over && !gone,
  };
}

/** Counts down to the opening on its day; before it the date says more. */
function openingLine({ phase, opensAt }: QueueStatus, now: number, words: Words): string {
  const leftMs = Date.parse(opensAt) - now;
  if (phase !== "pre" || leftMs <= 0 || leftMs > dayMs) return "";
  return say(words, "opensIn", { clock: clockText(leftMs) });
}

function placeLine(place: Place | undefined, words: Words, locale: string): string {
  switch (place?.state) {
    case undefined:
    case "closed": // the phase says it
    case "sold-out":
      return "";
    case "waiting-for-draw":
      return say(words, "inDraw");
    case "waiting": {
      const ahead = place.queuePosition - 1;
      return ahead === 0 ? say(words, "first") : sayCount(words, "ahead", ahead, locale);
    }
    case "served":
      return say(words, "turn");
    case "expired":
      return say(words, "missed");
    default:
      return place satisfies never;
  }
}

function etaLine(
  eta: Extract<Place, { state: "waiting" }>["eta"],
  words: Words,
  locale: string,
): string {
  if (!eta) return say(words, "etaUnknown");
  const count = new Intl.NumberFormat(locale);
  const [from, to] = etaMinutes(eta);
  return say(words, "eta", { from: count.format(from), to: count.format(to) });
}
