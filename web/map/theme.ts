import type { Theme } from "./shapes.ts";

/**
 * Reads the stylesheet's colours as the canvas needs them: resolved, for the scheme and contrast in force.
 * @param host an element of the page
 */
export function readTheme(host: HTMLElement): Theme {
  const probe = document.createElement("span");
  probe.className = "probe";
  host.append(probe);
  const colour = (name: string) => {
    probe.style.color = `var(${name})`;
    return getComputedStyle(probe).color;
  };
  const theme = {
    paper: colour("--card"),
    ink: colour("--ink"),
    soft: colour("--soft"),
    line: colour("--line"),
    free: colour("--seat"),
    onFree: colour("--card"),
    mine: colour("--seat-mine"),
    onMine: colour("--card"),
    gone: colour("--seat-gone"),
    font: getComputedStyle(host).fontFamily,
  };
  probe.remove();
  return theme;
}

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
