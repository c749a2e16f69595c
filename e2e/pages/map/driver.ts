import type { Plan } from "../../../contracts/plan.ts";
import { layOut } from "../../../web/map/layout.ts";
import { fit, middleOf, type Point, toScreen } from "../../../web/map/view.ts";

/** What is done while frames are counted. */
export interface Ride {
  readonly motion: "pan" | "zoom";
  /** CSS pixels a seat at which panning happens. */
  readonly scale: number;
  readonly frames: number;
}

declare global {
  interface Window {
    /** Milliseconds from the start of the navigation to the first painted frame. */
    firstFrame: Promise<number>;
    /** @returns milliseconds between frames */
    ride: (ride: Ride) => Promise<number[]>;
  }
}

/** One notch of a wheel zooms by this factor: see `web/map/gestures.ts`. */
const wheelFactor = 1.25;
/** Frames that are not counted: caches fill, and the compiler wakes up. */
const warmFrames = 60;
/** No ride takes longer, in milliseconds. */
const rideMsMax = 12_000;
/** How fast a finger goes, in CSS pixels a frame. */
const speed = 7;

// A made-up finger cannot be captured, and need not be.
Element.prototype.setPointerCapture = () => {};

const nextFrame = () => new Promise<number>((resolve) => requestAnimationFrame(resolve));

/** Waits without asking for frames: each would take time from what is waited for. */
const sizedCanvas = new Promise<void>((resolve) => {
  const look = () => {
    const canvas = document.querySelector<HTMLCanvasElement>(".map-box canvas");
    // 300 is what a canvas has before anybody has sized it.
    if (!canvas || canvas.width === 300) return;
    observer.disconnect();
    resolve();
  };
  const observer = new MutationObserver(look);
  observer.observe(document, { subtree: true, childList: true, attributeFilter: ["width"] });
  look();
});

window.firstFrame = (async () => {
  await sizedCanvas;
  await nextFrame(); // painted in this one
  await nextFrame();
  return performance.now();
})();

window.ride = async ({ motion, scale, frames }) => {
  const canvas = document.querySelector<HTMLCanvasElement>(".map-box canvas");
  const box = canvas?.parentElement;
  if (!canvas || !box) throw new Error("there is no map");
  const { left, top } = box.getBoundingClientRect();
  const size = { width: box.clientWidth, height: box.clientHeight };
  const seats = await approach(canvas, size, scale);
  const finger = (kind: string, x: number, y: number) => {
    const at = { clientX: left + x, clientY: top + y, pointerId: 1, bubbles: true };
    canvas.dispatchEvent(new PointerEvent(kind, at));
  };
  const middle = { x: size.width / 2, y: size.height / 2 };
  finger("pointerdown", middle.x, middle.y);
  const step = (frame: number) => {
    if (motion === "zoom") {
      // In and out over all levels of detail, once in 240 frames.
      const inwards = frame % 240 < 120 ? 1 : -1;
      return wheel(canvas, seats ?? middle, 1.03 ** inwards);
    }
    const turn = (frame * speed) / 160;
    finger("pointermove", middle.x + Math.sin(turn) * 160, middle.y + Math.cos(turn * 0.7) * 160);
  };
  const times: number[] = [];
  const until = performance.now() + rideMsMax;
  let last = 0;
  for (let frame = 0; frame < frames + warmFrames && performance.now() < until; frame++) {
    await nextFrame();
    const now = performance.now();
    if (frame >= warmFrames) times.push(now - last);
    last = now;
    step(frame);
  }
  finger("pointercancel", middle.x, middle.y);
  return times;
};

/** Goes to a section halfway around the bowl, at a scale. @returns where its middle is on screen, if there is a map */
async function approach(
  canvas: HTMLCanvasElement,
  size: { width: number; height: number },
  scale: number,
): Promise<Point | undefined> {
  if (document.querySelector<HTMLElement>("seat-map")?.dataset["plan"] === undefined)
    return undefined;
  const layout = layOut((await (await fetch("/plan")).json()) as Plan);
  const whole = fit(layout.bounds, size);
  const goal = layout.sections.find(({ name }) => name === "210") ?? layout.sections[0];
  if (!goal) throw new Error("there is no section");
  const place = toScreen(whole, middleOf(goal.box));
  wheel(canvas, place, scale / whole.scale);
  await nextFrame();
  return place;
}

function wheel(canvas: Element, at: Point, factor: number): void {
  const { left, top } = canvas.getBoundingClientRect();
  const deltaY = (-100 * Math.log(factor)) / Math.log(wheelFactor);
  const place = { clientX: left + at.x, clientY: top + at.y, bubbles: true, cancelable: true };
  canvas.dispatchEvent(new WheelEvent("wheel", { ...place, deltaY }));
}
