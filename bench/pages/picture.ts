import type { Locator } from "playwright-core";
import type { Point } from "../../web/map/view.ts";

/** Above and below the number of a seat, in seat pitches from its middle: nothing else is as near on the picture. */
const onSeat = [-0.29, 0.29];

/**
 * Holds that people see free seats where a count aims at them: each shows the colour of free seats above and below its
 * number. One in five seats is not free, so a picture that stands elsewhere, even by whole seats, is found out.
 * @param scale CSS pixels a seat pitch
 * @param places middles of free seats, in CSS pixels of the canvas
 * @throws when the picture shows something else at one of these places
 */
export async function checkPicture(
  canvas: Locator,
  scale: number,
  places: readonly Point[],
): Promise<void> {
  const points = places.flatMap(({ x, y }) => onSeat.map((share) => ({ x, y: y + share * scale })));
  const colours = await canvas.evaluate(readColours, points);
  const others = colours.filter((colour) => colour !== colours[0]).length;
  if (places.length > 0 && others === 0) return;
  const found = JSON.stringify({ scale, places: places.length, others });
  throw new Error(`the picture does not show its seats where they are aimed at: ${found}`);
}

/** Runs in the page: the colour at each point, once the picture is at rest. */
async function readColours(
  canvas: SVGElement | HTMLElement,
  points: readonly Point[],
): Promise<string[]> {
  if (!(canvas instanceof HTMLCanvasElement)) throw new Error("no canvas");
  for (let frame = 0; frame < 3; frame++) await new Promise(requestAnimationFrame);
  const { width, height } = canvas;
  const pixels = canvas.getContext("2d")?.getImageData(0, 0, width, height).data;
  if (!pixels) throw new Error("no picture");
  const dpr = width / canvas.clientWidth;
  return points.map(({ x, y }) => {
    const start = 4 * (Math.floor(y * dpr) * width + Math.floor(x * dpr));
    return pixels.slice(start, start + 3).join(" ");
  });
}
