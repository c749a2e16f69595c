import { pan, pinch, zoomAt, type Point, type View } from "./view.ts";

/** A finger that moved less than this, in CSS pixels, has tapped. */
const tapReach = 8;
/** One notch of a wheel (100 units) zooms by this factor. */
const wheelFactor = 1.25;

export interface GestureTarget {
  readonly view: () => View;
  readonly scaleMin: () => number;
  readonly move: (view: View) => void;
  readonly tap: (at: Point) => void;
}

/**
 * One finger or the mouse pans, two pinch, the wheel zooms, a short touch taps: all on Pointer Events.
 * @param element where it happens; its `touch-action` must be `none`
 */
export function listenToGestures(element: HTMLElement, target: GestureTarget): void {
  const fingers = new Map<number, Point>();
  let travelled = 0;
  const at = (pointer: { clientX: number; clientY: number }): Point => {
    const { left, top } = element.getBoundingClientRect();
    // The picture begins inside the border: on a whole venue one pixel is more than a seat.
    return {
      x: pointer.clientX - left - element.clientLeft,
      y: pointer.clientY - top - element.clientTop,
    };
  };

  element.addEventListener("pointerdown", (pointer) => {
    if (pointer.target !== element && !(pointer.target instanceof HTMLCanvasElement)) return;
    element.setPointerCapture(pointer.pointerId);
    fingers.set(pointer.pointerId, at(pointer));
    if (fingers.size === 1) travelled = 0;
  });
  element.addEventListener("pointermove", (pointer) => {
    const was = fingers.get(pointer.pointerId);
    if (!was) return;
    const now = at(pointer);
    const before = [...fingers.values()];
    fingers.set(pointer.pointerId, now);
    const after = [...fingers.values()];
    travelled += Math.hypot(now.x - was.x, now.y - was.y);
    const [a, b] = before;
    const [c, d] = after;
    if (a && b && c && d) {
      travelled = Infinity;
      target.move(pinch(target.view(), [a, b], [c, d], target.scaleMin()));
    } else if (travelled > tapReach) {
      target.move(pan(target.view(), now.x - was.x, now.y - was.y));
    }
  });
  const lift = (pointer: PointerEvent) => {
    if (!fingers.delete(pointer.pointerId)) return;
    if (pointer.type === "pointerup" && fingers.size === 0 && travelled <= tapReach) {
      target.tap(at(pointer));
    }
  };
  element.addEventListener("pointerup", lift);
  element.addEventListener("pointercancel", lift);
  element.addEventListener(
    "wheel",
    (wheel) => {
      wheel.preventDefault();
      const factor = wheelFactor ** (-wheel.deltaY / 100);
      target.move(zoomAt(target.view(), at(wheel), factor, target.scaleMin()));
    },
    { passive: false },
  );
}
