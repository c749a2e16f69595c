import type { Plan } from "../../contracts/plan.ts";
import { createCamera } from "../map/camera.ts";
import { createChoice } from "../map/choice.ts";
import { make } from "../make.ts";
import { makeFilter, makeKeys, makeLegend } from "../map/furniture.ts";
import { seatAt, sectionAt } from "../map/hit.ts";
import { whenIdle } from "../map/idle.ts";
import { createInView } from "../map/in-view.ts";
import { layOut } from "../map/layout.ts";
import { followSeats } from "../map/live.ts";
import { nameSeats, type SeatName } from "../map/names.ts";
import { createPainter, tapScale } from "../map/paint.ts";
import { createStates, type SeatChange } from "../map/states.ts";
import { onThemeChange, readTheme } from "../map/theme.ts";
import { readWords, say } from "../map/words.ts";

/** A finger that touches the whole venue means a section this far away, in CSS pixels, if it has met none. */
const fingerReach = 12;

/**
 * The picture of the choice that the list below it also offers. It stays hidden until the seats are there, and for
 * ever when they do not come: nothing on the page needs it.
 */
class SeatMap extends HTMLElement {
  #stop: (() => void) | undefined;

  connectedCallback(): void {
    void this.#open();
  }

  disconnectedCallback(): void {
    this.#stop?.();
  }

  async #open(): Promise<void> {
    const { plan: planUrl = "", availability = "", live = "" } = this.dataset;
    const [plan, statuses] = await Promise.all([readPlan(planUrl), readStatuses(availability)]);
    if (!plan || statuses === undefined || plan.sections.length === 0) return;
    this.#stop = this.#furnish(plan, statuses, { availability, live });
  }

  /** Puts everything together. @returns the function that stops following the seats */
  #furnish(plan: Plan, packed: string, urls: { availability: string; live: string }): () => void {
    const { locale = "en", limit = "8", section: wanted } = this.dataset;
    const words = readWords(this.dataset["messages"]);
    const money = moneyOf(locale, plan.currency);
    const prices = readList(this.dataset["prices"]);
    const layout = layOut(plan);
    const names = nameSeats(plan);
    const states = createStates(layout.sections, () => names.prices);
    states.load(packed);
    let theme = readTheme(this);
    const painter = createPainter(
      layout,
      states,
      labelsOf(plan, prices),
      (index) => names.name(index).seat,
    );

    const inView = createInView(words, layout, names);
    const canvas = make("canvas", { "aria-hidden": "true" });
    const box = make("div", { class: "map-box" }, canvas);
    const camera = createCamera(
      box,
      canvas,
      layout,
      (ctx, view, dpr, isEmpty) => {
        inView.show(view, { width: ctx.canvas.width / dpr, height: ctx.canvas.height / dpr });
        return painter(ctx, view, dpr, theme, isEmpty);
      },
      (at, scale) => {
        if (scale < tapScale) {
          if (sectionAt(layout, at, fingerReach / scale)) camera.approach(at, tapScale);
          return;
        }
        const index = seatAt(layout, at);
        if (index >= 0 && !choice.toggle(index)) {
          alert.textContent = say(words, "full", { count: limit });
        }
      },
    );
    const keys = makeKeys(words, camera.move);

    const outside = document.querySelector<HTMLFormElement>("form#seats");
    const form = outside ?? this.querySelector("form") ?? make("form");
    const status = outside?.querySelector("[data-chosen]") ?? make("p", { role: "status" });
    const alert = make("p", { class: "notice", role: "alert" });
    const chips = make("ul", { class: "chips" });
    const placeOf = ({ section, row, seat }: SeatName) =>
      say(words, "place", { section, row, seat });
    const show = () => {
      const mine = [...states.mine].map((index) => ({ index, ...names.name(index) }));
      const total = mine.reduce((sum, seat) => sum + (plan.prices[seat.priceIndex] ?? 0), 0);
      status.textContent =
        mine.length === 0
          ? say(words, "nothing")
          : say(words, mine.length === 1 ? "chosenOne" : "chosen", {
              count: String(mine.length),
              total: money(total),
            });
      for (const button of form.querySelectorAll("button")) button.disabled = mine.length === 0;
      chips.replaceChildren(
        ...mine.map((seat) => {
          const remove = make("button", { type: "button" }, placeOf(seat), " ×");
          remove.setAttribute("aria-label", say(words, "remove", { seat: placeOf(seat) }));
          remove.addEventListener("click", () => choice.remove([seat.index]));
          return make("li", {}, remove);
        }),
      );
      camera.redraw();
    };
    const choice = createChoice(form, names, states, Number(limit), show);
    const settle = (lost: readonly number[], changed: "all" | readonly number[]) => {
      choice.refresh(changed);
      if (lost.length > 0) {
        alert.textContent = lost
          .map((index) => say(words, "lost", { seat: placeOf(names.name(index)) }))
          .join(" ");
        choice.remove(lost);
      }
      camera.redraw();
    };

    const legend = makeLegend(words);
    const bar = make("div", { class: "map-bar" }, legend.element);
    if (prices.length > 1) {
      bar.prepend(
        makeFilter(words, prices, (priceIndexMax) => {
          states.limitPrice(priceIndexMax);
          camera.redraw();
        }),
      );
    }
    this.prepend(bar, box, inView.element, keys, alert, chips);
    if (!outside) form.prepend(status);
    this.hidden = false;
    for (const id of new URLSearchParams(location.search).getAll("ticketIds")) {
      const index = names.indexOf(id);
      if (index >= 0 && !states.mine.has(index)) choice.toggle(index);
    }
    document.querySelector("[data-kept]")?.remove(); // the page's own list of the same seats
    show();
    const at = layout.sections.find(({ name }) => name === wanted);
    if (at) camera.show(at.box);
    onThemeChange(() => {
      theme = readTheme(this);
      legend.draw(theme);
      camera.redraw();
    });
    let stop: (() => void) | undefined;
    const follow = () =>
      followSeats(urls, {
        load: (statuses) => settle(states.load(statuses), "all"),
        apply: (changes: readonly SeatChange[]) =>
          settle(
            states.apply(changes),
            changes.map(([index]) => index),
          ),
      });
    // What the first frame can do without; whoever touches a seat earlier waits for its place.
    const cancel = whenIdle((isOver) => {
      if (!stop) {
        legend.draw(theme);
        stop = follow();
      }
      return layout.placeSeats(isOver);
    });
    return () => {
      cancel();
      stop?.();
    };
  }
}

function labelsOf(plan: Plan, prices: readonly string[]) {
  return plan.sections.map(({ name, priceIndex, rows }) => {
    const lowest = Math.min(priceIndex, ...rows.map((run) => run[4] ?? priceIndex));
    return { name, price: prices[lowest] ?? "" };
  });
}

/**
 * Amounts in minor units as the page writes them. Made when first needed: the tables of numbers that a browser then
 * loads cost more time than the whole map.
 */
function moneyOf(locale: string, currency: string): (amount: number) => string {
  let styles: readonly [plain: Intl.NumberFormat, whole: Intl.NumberFormat] | undefined;
  return (amount) => {
    styles ??= [
      new Intl.NumberFormat(locale, { style: "currency", currency }),
      new Intl.NumberFormat(locale, { style: "currency", currency, maximumFractionDigits: 0 }),
    ];
    const [plain, whole] = styles;
    const value = amount / 10 ** (plain.resolvedOptions().maximumFractionDigits ?? 2);
    return (Number.isInteger(value) ? whole : plain).format(value);
  };
}

/** A list of texts that the server wrote into an attribute. */
function readList(json = "[]"): string[] {
  const value: unknown = JSON.parse(json);
  return Array.isArray(value) ? value.filter((it) => typeof it === "string") : [];
}

async function readJson(url: string): Promise<unknown> {
  try {
    const response = await fetch(url, { headers: { Accept: "application/json" } });
    return response.ok ? await response.json() : undefined;
  } catch {
    return undefined; // the list is still there
  }
}

async function readPlan(url: string): Promise<Plan | undefined> {
  const body = await readJson(url);
  // Our own server wrote it and its tests hold it to the schema; zod is 25 kB that a phone need not load.
  return typeof body === "object" && body !== null && "sections" in body
    ? (body as Plan)
    : undefined;
}

async function readStatuses(url: string): Promise<string | undefined> {
  const body = await readJson(url);
  if (typeof body !== "object" || body === null || !("statuses" in body)) return undefined;
  return typeof body.statuses === "string" ? body.statuses : undefined;
}

customElements.define("seat-map", SeatMap);
