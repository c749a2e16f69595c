import { checkDraw, placeOf, positionOf } from "../wait/draw.ts";
import { readPlace, readStatus, type OwnPlace, type QueueStatus } from "../wait/messages.ts";
import { readWords, say, type Words } from "../map/words.ts";

const pollSecondsMin = 5;
const pollSecondsMax = 60;

/**
 * Keeps a place in the waiting room up to date: everybody reads the same cached status, and one's own place follows
 * from it and from one's number, on this device. Nothing reloads; what matters is said politely, once.
 */
class QueuePlace extends HTMLElement {
  #words: Words = {};
  #own: OwnPlace = { number: null, passExpiresAt: null, offsetMs: 0 };
  #timer = 0;
  #checked = "";

  connectedCallback(): void {
    this.#words = readWords(this.dataset["messages"]);
    void this.#start();
  }

  disconnectedCallback(): void {
    clearTimeout(this.#timer);
  }

  async #start(): Promise<void> {
    this.#own = (await readPlace(this.dataset["place"] ?? "")) ?? this.#own;
    await this.#update();
  }

  async #update(): Promise<void> {
    const status = await readStatus(this.dataset["status"] ?? "");
    if (status) await this.#show(status);
    const seconds = status ? this.#nextPoll(status) : pollSecondsMin * 2;
    const jitter = 0.8 + Math.random() * 0.4;
    this.#timer = window.setTimeout(() => void this.#update(), seconds * jitter * 1000);
  }

  /** A tenth of the wait: whoever is near asks often, whoever is far seldom. */
  #nextPoll(status: QueueStatus): number {
    const ahead = (this.#position(status) ?? status.serving) - status.serving;
    const eta = status.ratePerMinute > 0 ? (ahead / status.ratePerMinute) * 60 : 0;
    return Math.min(pollSecondsMax, Math.max(pollSecondsMin, eta / 10));
  }

  #drawn: number | undefined;

  #position(status: QueueStatus): number | undefined {
    const { number } = this.#own;
    if (number === null) return undefined;
    if (status.phase === "pre") return undefined;
    if (status.lotterySize !== undefined && number < status.lotterySize) return this.#drawn;
    return number;
  }

  async #show(status: QueueStatus): Promise<void> {
    const { number } = this.#own;
    if (number !== null && status.seed !== undefined && status.lotterySize !== undefined) {
      if (number < status.lotterySize && this.#drawn === undefined) {
        this.#drawn = await positionOf(status.seed, status.lotterySize, number);
      }
    }
    const w = this.#words;
    const count = new Intl.NumberFormat(this.dataset["locale"]);
    this.#line("phase", phaseWord(w, status.phase));
    this.#line(
      "seats",
      status.seatsLeft === null
        ? ""
        : say(w, "seatsLeft", { count: count.format(status.seatsLeft) }),
    );
    this.#line("waiting", say(w, "waiting", { count: count.format(status.waiting) }));
    const place = number === null ? undefined : placeOf(status, this.#position(status));
    const { passExpiresAt } = this.#own;
    const admitted = passExpiresAt !== null && passExpiresAt > Date.now() + this.#own.offsetMs;
    const over = status.phase === "closed" || status.phase === "sold-out";
    this.#form("join", !admitted && !over && (!place || place.status === "missed"));
    this.#form("claim", !admitted && place?.status === "turn");
    this.#form("choose", admitted);
    this.#form("leave", !admitted && place !== undefined && place.status !== "missed");
    this.#hide("safe", place === undefined);
    this.#line("unlikely", place?.status === "waiting" && place.unlikely ? say(w, "unlikely") : "");
    this.#line("place", admitted ? this.#passLine(passExpiresAt) : placeWord(w, place, count));
    this.#line("eta", place?.status === "waiting" && !admitted ? etaWord(w, place.eta, count) : "");
    this.#line(
      "clock",
      admitted ? clockWord(w, passExpiresAt - Date.now() - this.#own.offsetMs) : "",
    );
    await this.#prove(status);
  }

  #passLine(expiresAt: number): string {
    const time = new Intl.DateTimeFormat(this.dataset["locale"], {
      hour: "2-digit",
      minute: "2-digit",
      timeZone: this.dataset["zone"],
    });
    return say(this.#words, "pass", { time: time.format(expiresAt) });
  }

  /** Recomputes the draw from what was published, once per revealed seed. */
  async #prove(status: QueueStatus): Promise<void> {
    if (status.secret === undefined || status.seed === undefined || this.#checked === status.seed)
      return;
    this.#checked = status.seed;
    const good = await checkDraw(status);
    this.#line("proof", say(this.#words, good ? "proofGood" : "proofBad"));
  }

  /** Writes a line only when it says something new, so that it is announced once. */
  #line(name: string, text: string): void {
    const line = this.querySelector<HTMLElement>(`[data-line="${name}"]`);
    if (!line) return;
    if (line.textContent !== text) line.textContent = text;
    line.hidden = text === "";
  }

  #hide(name: string, hidden: boolean): void {
    const line = this.querySelector<HTMLElement>(`[data-line="${name}"]`);
    if (line) line.hidden = hidden;
  }

  #form(name: string, shown: boolean): void {
    const form = this.querySelector<HTMLElement>(`[data-form="${name}"]`);
    if (form) form.hidden = !shown;
  }
}

function phaseWord(words: Words, phase: QueueStatus["phase"]): string {
  return say(words, `phase-${phase}`);
}

function placeWord(
  words: Words,
  place: ReturnType<typeof placeOf> | undefined,
  count: Intl.NumberFormat,
): string {
  switch (place?.status) {
    case undefined:
      return "";
    case "drawn-later":
      return say(words, "draw");
    case "waiting":
      return place.ahead === 0
        ? say(words, "first")
        : say(words, "ahead", { count: count.format(place.ahead) });
    case "turn":
      return say(words, "turn");
    case "missed":
      return say(words, "missed");
    default:
      return place satisfies never;
  }
}

function etaWord(
  words: Words,
  eta: readonly [number, number] | undefined,
  count: Intl.NumberFormat,
): string {
  if (!eta) return say(words, "etaUnknown");
  return say(words, "eta", { from: count.format(eta[0]), to: count.format(eta[1]) });
}

function clockWord(words: Words, leftMs: number): string {
  const minutes = Math.max(0, Math.ceil(leftMs / 60_000));
  return say(words, "passClock", { clock: `${minutes} min` });
}

customElements.define("queue-place", QueuePlace);
