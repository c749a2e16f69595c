import { clockText } from "../wait/clock-text.ts";

/** Counts an admission pass down beside the choice of seats. The server has written until when it is valid. */
class PassClock extends HTMLElement {
  #timer = 0;

  connectedCallback(): void {
    const { expiresAt, serverNow, clock: words = "", over = "" } = this.dataset;
    // The server's clock counts; ours only measures how much of it has passed.
    const offset = Number(serverNow) - Date.now();
    const clock = document.createElement("p");
    clock.className = "clock";
    clock.setAttribute("aria-hidden", "true");
    this.append(clock);
    const tick = () => {
      const left = Number(expiresAt) - (Date.now() + offset);
      clock.textContent = words.replace("{clock}", clockText(left));
      clock.classList.toggle("soon", left < 120_000);
      const status = this.querySelector('[role="status"]');
      if (left > 0 || !status) return;
      clearInterval(this.#timer);
      clock.remove();
      status.textContent = over;
    };
    this.#timer = window.setInterval(tick, 1000);
    tick();
  }

  disconnectedCallback(): void {
    clearInterval(this.#timer);
  }
}

customElements.define("pass-clock", PassClock);
