import type { Browser, Page } from "playwright-core";
import { phone } from "../../e2e/pages/browser.ts";
import { type MapSite, statusOf } from "../../e2e/pages/map/site.ts";
import type { Plan } from "../../contracts/plan.ts";
import { layOut } from "../../web/map/layout.ts";
import { tapScale } from "../../web/map/paint.ts";
import { clamp, fit, toScreen, type Point, type View } from "../../web/map/view.ts";

/** Fingers on the map of a stadium: real touches, on a phone. */
const sectionsTried = 25;
const seatsTried = 40;
/** A finger lands somewhere on the seat that it means. */
const seatRadius = 0.38;

type Layout = ReturnType<typeof layOut>;

/** The same numbers on every run. */
function dice(): () => number {
  let state = 7;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/**
 * Aims at seats of a plan, each twice: to choose it and to give it back.
 * @returns how many taps there were, and after how many of them exactly the seat aimed at was chosen, or given back
 */
export async function countTaps(
  browser: Browser,
  site: MapSite,
  plan: Plan,
): Promise<{ readonly taps: number; readonly hits: number }> {
  const layout = layOut(plan);
  layout.placeSeats();
  const page = await (await browser.newContext(phone)).newPage();
  await page.goto(`${site.url}/map`);
  const canvas = page.locator(".map-box canvas");
  await canvas.waitFor();
  await page.evaluate(() => window.firstFrame);
  const box = await canvas.boundingBox();
  if (!box) throw new Error("there is no map");
  const size = { width: box.width, height: box.height };
  const keys = await page.locator(".map-keys").boundingBox();
  const isFree = ({ x, y }: Point) =>
    x > 12 &&
    y > 12 &&
    x < size.width - 12 &&
    y < size.height - 12 &&
    !(keys && box.x + x > keys.x - 4 && box.y + y > keys.y - 4);
  // What is chosen is shown beside the map, which may move it: people aim at what they see.
  const touch = async ({ x, y }: Point) => {
    const seen = (await canvas.boundingBox()) ?? box;
    await page.touchscreen.tap(seen.x + x, seen.y + y);
  };
  const random = dice();
  let [taps, hits] = [0, 0];

  for (let nth = 0; nth < sectionsTried; nth++) {
    const section = layout.sections[Math.floor(random() * layout.sections.length)];
    if (!section) throw new Error("there is no section");
    const view = await enter(page, layout, section.box, size, touch);
    const seats = Array.from({ length: section.count }, (_, at) => section.from + at).filter(
      (index) => statusOf(index) === "available" && isFree(placeOf(layout, index, view)),
    );
    for (let turn = 0; turn < seatsTried && seats.length > 0; turn++) {
      const index = seats[Math.floor(random() * seats.length)] ?? 0;
      const middle = placeOf(layout, index, view);
      for (const wanted of [[String(index + 1)], []]) {
        const [angle, away] = [random() * 2 * Math.PI, Math.sqrt(random()) * seatRadius * tapScale];
        await touch({
          x: middle.x + Math.cos(angle) * away,
          y: middle.y + Math.sin(angle) * away,
        });
        taps++;
        if (JSON.stringify(await chosen(page)) === JSON.stringify(wanted)) hits++;
      }
      // A tap that went astray has chosen another seat; each click takes one chip away.
      const chips = page.locator(".chips button");
      while ((await chips.count()) > 0) await chips.first().click();
    }
  }
  return { taps, hits };
}

/** From the whole venue into a section, with one tap on it. @returns what is then seen */
async function enter(
  page: Page,
  layout: Layout,
  box: { left: number; top: number; right: number; bottom: number },
  size: { width: number; height: number },
  touch: (at: Point) => Promise<void>,
): Promise<View> {
  await page.locator(".map-keys button", { hasText: "⌂" }).click();
  const whole = fit(layout.bounds, size);
  const at = { x: (box.left + box.right) / 2, y: (box.top + box.bottom) / 2 };
  await touch(toScreen(whole, at));
  const half = { x: size.width / tapScale / 2, y: size.height / tapScale / 2 };
  return clamp({ scale: tapScale, x: at.x - half.x, y: at.y - half.y }, layout.bounds, size);
}

function placeOf(layout: Layout, index: number, view: View): Point {
  return toScreen(view, { x: layout.x[index] ?? 0, y: layout.y[index] ?? 0 });
}

async function chosen(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll<HTMLInputElement>('input[name="ticketIds"]')].map(
      (field) => field.value,
    ),
  );
}
