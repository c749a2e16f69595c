import type { Browser, Locator, Page } from "playwright-core";
import { phone } from "../../e2e/pages/browser.ts";
import { type MapSite, statusOf } from "../../e2e/pages/map/site.ts";
import type { Plan } from "../../contracts/plan.ts";
import { layOut } from "../../web/map/layout.ts";
import { tapScale } from "../../web/map/paint.ts";
import { clamp, fit, middleOf, toScreen, zoomAt } from "../../web/map/view.ts";
import type { Point, Size, View } from "../../web/map/view.ts";
import { checkPicture } from "./picture.ts";

/** Fingers on the map of a stadium: real touches, on a phone. */
const stopsTried = 50;
const seatsTried = 20;
/** A finger lands somewhere on the seat that it means, in seat pitches from its middle. */
const seatRadius = 0.38;
/** One press on "+": see `web/map/camera.ts`. */
const keyZoom = 1.6;
/** Seats nearer to an edge than this, in CSS pixels, are not aimed at. */
const edge = 12;

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
 * Goes to sections at random, as people do, and aims at free seats there, each twice: to choose it and to give it back.
 * Where seats stand is computed from what was done since the whole venue was seen, and must agree with the picture.
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
  const random = dice();
  const pick = <Value>(list: readonly Value[]): Value => {
    const value = list[Math.floor(random() * list.length)];
    if (value === undefined) throw new Error("there is nothing to pick from");
    return value;
  };
  let [taps, hits] = [0, 0];

  for (let nth = 0; nth < stopsTried; nth++) {
    const { size, touch } = await touching(page, canvas);
    const section = pick(layout.sections);
    const view = await enter(page, layout, section, size, touch, nth % 2 === 1);
    const seats = Array.from({ length: section.count }, (_, at) => section.from + at).filter(
      (index) => statusOf(index) === "available" && isWithin(placeOf(layout, index, view), size),
    );
    await checkPicture(
      canvas,
      view.scale,
      seats.map((index) => placeOf(layout, index, view)),
    );
    for (let turn = 0; turn < seatsTried; turn++) {
      const index = pick(seats);
      const middle = placeOf(layout, index, view);
      for (const wanted of [[String(index + 1)], []]) {
        const angle = random() * 2 * Math.PI;
        const away = Math.sqrt(random()) * seatRadius * view.scale;
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

/** How large the picture is, and a finger that touches it. */
async function touching(page: Page, canvas: Locator) {
  const box = await canvas.boundingBox();
  if (!box) throw new Error("there is no map");
  return {
    size: { width: box.width, height: box.height },
    touch: ({ x, y }: Point) => page.touchscreen.tap(box.x + x, box.y + y),
  };
}

/** From the whole venue into a section, with one tap on it and perhaps one on "+". @returns what is then seen */
async function enter(
  page: Page,
  layout: Layout,
  section: Layout["sections"][number],
  size: Size,
  touch: (at: Point) => Promise<void>,
  isCloser: boolean,
): Promise<View> {
  await page.locator(".map-keys button", { hasText: "⌂" }).click();
  const whole = fit(layout.bounds, size);
  const at = middleOf(section.box);
  await touch(toScreen(whole, at));
  const half = { x: size.width / tapScale / 2, y: size.height / tapScale / 2 };
  const near = { scale: tapScale, x: at.x - half.x, y: at.y - half.y };
  const view = clamp(near, layout.bounds, size);
  if (!isCloser) return view;
  await page.locator(".map-keys button", { hasText: "+" }).click();
  const middle = { x: size.width / 2, y: size.height / 2 };
  return clamp(zoomAt(view, middle, keyZoom, whole.scale), layout.bounds, size);
}

function isWithin({ x, y }: Point, { width, height }: Size): boolean {
  return x > edge && y > edge && x < width - edge && y < height - edge;
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
