import { clockText, hourFormat } from "../wait/clock-text.ts";

/** Minutes at which the time left is announced; a clock that speaks each second would drown everything else. */
const announcedMinutes = [5, 2, 1] as const;

/** Locks outlast their holds by a second: whoever wants the same seats again must not meet their own. */
const lockSlackMs = 1200;

/**
 * Counts a hold down. What screen readers hear is one polite line: 5, 2 and 1 minutes left, once each. The time of
 * expiry stands beside it and stays; the clock that people see is silent.
 */
class HoldTimer extends HTMLElement {
  #announced = new Set<number>();
  #timer = 0;

  connectedCallback(): void {
    const { expiresAt, serverNow, zone, locale = "en", yourTime = "" } = this.dataset;
    const expiry = Number(expiresAt);
    // The server's clock counts; ours only measures how much of it has passed.
    const offset = Number(serverNow) - Date.now();
    const status = this.querySelector('[role="status"]');
    const clock = Object.assign(document.createElement("p"), { className: "clock" });
    clock.setAttribute("aria-hidden", "true");
    const here = hourFormat(locale).format(expiry);
    if (here !== hourFormat(locale, zone).format(expiry)) {
      const text = yourTime.replace("{time}", here);
      this.append(
        Object.assign(document.createElement("p"), { className: "small", textContent: text }),
      );
    }
    this.append(clock);
    for (const minutes of announcedMinutes) {
      if (expiry - (Date.now() + offset) < minutes * 60_000) this.#announced.add(minutes);
    }
    const tick = () => {
      const left = expiry - (Date.now() + offset);
      if (left <= -lockSlackMs) return this.#over();
      clock.textContent = (this.dataset["clock"] ?? "").replace("{clock}", clockText(left));
      clock.classList.toggle("soon", left < 120_000);
      this.#announce(left, status);
    };
    tick();
    this.#timer = window.setInterval(tick, 1000);
    addEventListener("offline", this.#offline);
    addEventListener("online", this.#online);
    // Back from another page: the hold may have been extended, confirmed or released meanwhile.
    addEventListener("pageshow", (shown) => {
      if (shown.persisted) location.reload();
    });
    if (document.referrer !== "" && document.activeElement === document.body) {
      document.getElementById("summary")?.focus({ preventScroll: true });
    }
  }

  disconnectedCallback(): void {
    clearInterval(this.#timer);
    removeEventListener("offline", this.#offline);
    removeEventListener("online", this.#online);
  }

  #announce(left: number, status: Element | null): void {
    const due = announcedMinutes.findLast(
      (minutes) => left < minutes * 60_000 && !this.#announced.has(minutes),
    );
    if (due === undefined || !status) return;
    for (const minutes of announcedMinutes) if (minutes >= due) this.#announced.add(minutes);
    const { leftOne = "", left: many = "" } = this.dataset;
    status.textContent = due === 1 ? leftOne : many.replace("{minutes}", String(due));
  }

  /** The page of an expired hold offers the same seats again; without a connection it has to wait. */
  #over(): void {
    clearInterval(this.#timer);
    if (navigator.onLine) location.replace(location.href);
    else addEventListener("online", () => location.replace(location.href), { once: true });
  }

  readonly #offline = () => {
    const note = Object.assign(document.createElement("p"), { className: "notice" });
    note.dataset["offlineNote"] = "";
    note.textContent = this.dataset["offline"] ?? "";
    note.setAttribute("role", "status");
    this.append(note);
  };

  readonly #online = () => {
    for (const note of this.querySelectorAll("[data-offline-note]")) note.remove();
  };
}

customElements.define("hold-timer", HoldTimer);
