import type { SeatNames } from "./names.ts";
import { seatState, type SeatStates } from "./states.ts";

/** One's choice of seats: the form holds it, so that it is posted with and without a script. */
export interface Choice {
  /** @returns false when there are already as many as one may have */
  readonly toggle: (index: number) => boolean;
  readonly remove: (indexes: readonly number[]) => void;
  /** Brings the checkboxes of the page in step with what can be had. */
  readonly refresh: (changed: "all" | readonly number[]) => void;
}

/**
 * Keeps map and form in step: a seat is a checkbox where the page has one, else a hidden field.
 * @param form what is posted
 * @param limit how many seats one may choose
 * @param onChange called after each change, by whatever way
 */
export function createChoice(
  form: HTMLFormElement,
  names: SeatNames,
  states: SeatStates,
  limit: number,
  onChange: () => void,
): Choice {
  const boxes = new Map<number, HTMLInputElement>();
  const hidden = new Map<number, HTMLInputElement>();
  for (const box of form.querySelectorAll<HTMLInputElement>(
    'input[type="checkbox"][name="ticketIds"]',
  )) {
    const index = names.indexOf(box.value);
    if (index < 0) continue;
    boxes.set(index, box);
    if (box.checked) states.choose(index, true);
  }
  form.addEventListener("change", ({ target }) => {
    if (!(target instanceof HTMLInputElement) || target.name !== "ticketIds") return;
    const index = names.indexOf(target.value);
    if (target.checked && states.mine.size >= limit) target.checked = false;
    else states.choose(index, target.checked);
    onChange();
  });

  const set = (index: number, chosen: boolean) => {
    states.choose(index, chosen);
    const box = boxes.get(index);
    if (box) {
      box.checked = chosen;
      return;
    }
    hidden.get(index)?.remove();
    hidden.delete(index);
    if (!chosen) return;
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name: "ticketIds", value: names.name(index).id });
    form.append(field);
    hidden.set(index, field);
  };
  return {
    toggle: (index) => {
      const chosen = states.mine.has(index);
      if (!chosen && states.mine.size >= limit) return false;
      if (!chosen && states.state(index) !== seatState.available) return true;
      set(index, !chosen);
      onChange();
      return true;
    },
    remove: (indexes) => {
      for (const index of indexes) set(index, false);
      onChange();
    },
    refresh: (changed) => {
      for (const index of changed === "all" ? boxes.keys() : changed) {
        const box = boxes.get(index);
        if (!box) continue;
        const free = states.status(index) === seatState.available;
        box.disabled = !free;
        box.closest("label")?.classList.toggle("gone", !free);
      }
    },
  };
}
