import type { QueueStatus } from "../../contracts/queue.ts";
import { placeOf } from "../../edge/waiting-room/core/place.ts";
import { nextPollSeconds } from "../../edge/waiting-room/core/polling.ts";
import { readWords, say, sayCount, type Words } from "../map/words.ts";
import { checkDraw, positionOf } from "../wait/draw.ts";
import { linesOf } from "../wait/lines.ts";
import { readPlace, readStatus, type OwnPlace } from "../wait/messages.ts";

/** When the status cannot be had, in seconds. */
const retrySeconds = 10;
const forms = ["join", "claim", "choose", "leave"] as const;

/**
 * Keeps a place in the waiting room up to date: everybody reads the same cached status, and one's own place follows
 * from it and from one's number, on this device. Nothing reloads; what matters is said politely, once.
 */
class QueuePlace extends HTMLElement {
  #words: Words = {};
  #own: OwnPlace = { number: null, passExpiresAt: null, offsetMs: 0 };
  #status: QueueStatus | undefined;
  #position: number | null = null;
  #poll = 0;
  #clock = 0;
  #checked = "";

  connectedCallback(): void {
    this.#words = readWords(this.dataset["messages"]);
    // The pass runs on between two looks at the queue.
    this.#clock = window.setInterval(() => this.#show(), 1000);
    // Back from another page or another tab's purchase: the place may be another one.
    addEventListener("pageshow", this.#again);
    document.addEventListener("visibilitychange", this.#again);
    void this.#start();
  }

  disconnectedCallback(): void {
    clearTimeout(this.#poll);
    clearInterval(this.#clock);
    removeEventListener("pageshow", this.#again);
    document.removeEventListener("visibilitychange", this.#again);
  }

  readonly #again = (shown: Event) => {
    if (document.hidden || (shown instanceof PageTransitionEvent && !shown.persisted)) return;
    clearTimeout(this.#poll);
    void this.#start();
  };

  async #start(): Promise<void> {
    this.#own = (await readPlace(this.dataset["place"] ?? "")) ?? this.#own;
    await this.#update();
  }

  async #update(): Promise<void> {
    const status = await readStatus(this.dataset["status"] ?? "");
    if (status) {
      this.#status = status;
      this.#position = await drawnPosition(status, this.#own.number);
      this.#tell(status);
      this.#show();
      await this.#prove(status);
    }
    clearTimeout(this.#poll);
    const seconds = status ? this.#nextPoll(status) : retrySeconds;
    this.#poll = window.setTimeout(() => void this.#update(), seconds * 1000);
  }

  #now(): number {
    return Date.now() + this.#own.offsetMs;
  }

  #nextPoll(status: QueueStatus): number {
    const place = this.#own.number === null ? undefined : this.#place(status);
    const eta = place?.state === "waiting" ? place.eta : null;
    return nextPollSeconds({
      ...status,
      etaSeconds: place?.state === "served" ? 0 : (eta?.low ?? null),
      secondsToOpening: Math.max(0, (Date.parse(status.opensAt) - this.#now()) / 1000),
      random: Math.random(),
    });
  }

  #place(status: QueueStatus) {
    return placeOf(this.#position, status, this.#now());
  }

  /** What is the same for everybody. */
  #tell(status: QueueStatus): void {
    const w = this.#words;
    const { locale = "en" } = this.dataset;
    this.#line("phase", say(w, `phase-${status.phase}`));
    const { seatsLeft } = status;
    this.#line("seats", seatsLeft === null ? "" : sayCount(w, "seatsLeft", seatsLeft, locale));
    const { waiting } = status;
    this.#line("waiting", waiting === 0 ? "" : sayCount(w, "waiting", waiting, locale));
    this.#line("message", status.message);
    if (status.phase !== "pre") this.#line("opens", "");
  }

  /** What is one's own. */
  #show(): void {
    const status = this.#status;
    if (!status) return;
    const { locale = "en", zone = "UTC" } = this.dataset;
    const lines = linesOf(
      {
        status,
        place: this.#own.number === null ? undefined : this.#place(status),
        passExpiresAt: this.#own.passExpiresAt,
        now: this.#now(),
        locale,
        zone,
      },
      this.#words,
    );
    for (const name of ["place", "eta", "unlikely", "clock"] as const)
      this.#line(name, lines[name]);
    this.#hide('[data-line="safe"]', !lines.safe);
    for (const name of forms) this.#hide(`[data-form="${name}"]`, !lines[name]);
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
    (line.closest("blockquote") ?? line).hidden = text === "";
  }

  #hide(selector: string, hidden: boolean): void {
    const element = this.querySelector<HTMLElement>(selector);
    if (element && element.hidden !== hidden) element.hidden = hidden;
  }
}

/** The position of a number, drawn on this device from the published seed. */
async function drawnPosition(status: QueueStatus, number: number | null): Promise<number | null> {
  const { seed, lotterySize } = status;
  if (number === null || seed === undefined || lotterySize === undefined) return null;
  return number < lotterySize ? await positionOf(seed, lotterySize, number) : number;
}

customElements.define("queue-place", QueuePlace);
