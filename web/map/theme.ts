import type { Theme } from "./shapes.ts";

/**
 * Reads the stylesheet's colours as the canvas needs them: resolved, for the scheme and contrast in force.
 * @param host an element of the page
 */
export function readTheme(host: HTMLElement): Theme {
  // All are written before one is read: styles are computed once.
  const probes = names.map((name) => {
    const probe = document.createElement("span");
    probe.className = "probe";
    probe.style.color = `var(--${name})`;
    return probe;
  });
  host.append(...probes);
  const [card = "", ink = "", soft = "", line = "", seat = "", mine = "", gone = ""] = probes.map(
    (probe) => getComputedStyle(probe).color,
  );
  const font = getComputedStyle(host).fontFamily;
  for (const probe of probes) probe.remove();
  const onSeats = { onFree: card, onMine: card };
  return { paper: card, ink, soft, line, free: seat, mine, gone, font, ...onSeats };
}

/** The stylesheet's variables, in the order in which they are read above. */
const names = ["card", "ink", "soft", "line", "seat", "seat-mine", "seat-gone"] as const;

/** Calls back whenever the colours may have changed. */
export function onThemeChange(callback: () => void): void {
  for (const query of [
    "(prefers-color-scheme: dark)",
    "(forced-colors: active)",
    "(prefers-contrast: more)",
  ]) {
    matchMedia(query).addEventListener("change", callback);
  }
}
