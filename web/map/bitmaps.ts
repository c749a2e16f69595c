import type { Layout } from "./layout.ts";
import type { Box } from "./rows.ts";
import { drawSeats, seatRadius, type Theme } from "./shapes.ts";
import type { SeatStates } from "./states.ts";

/** How long one frame may bake, in milliseconds: what is not ready is drawn from what there is. */
const bakeMsMax = 4;
/** Far more than fit on a screen; each is below 3 MB. */
const bitmapsMax = 64;

interface Bitmap {
  readonly canvas: OffscreenCanvas;
  readonly ctx: OffscreenCanvasRenderingContext2D;
  /** Pixels a seat pitch. */
  readonly scale: number;
  readonly box: Box;
  readonly theme: Theme;
  readonly dirty: Set<number>;
}

export interface Bitmaps {
  /** Notes which seats look different. */
  readonly mark: (changed: "all" | readonly number[]) => void;
  /** Bakes what is missing, within a frame's time. @returns whether all is ready */
  readonly prepare: (sections: readonly number[], pixelsPerSeat: number, theme: Theme) => boolean;
  readonly get: (section: number) => Bitmap | undefined;
}

/** Pictures of whole sections, baked at zoom steps of √2 and mended seat by seat. */
export function createBitmaps(layout: Layout, states: SeatStates): Bitmaps {
  const baked = new Map<number, Bitmap>();
  const starts = layout.sections.map(({ from }) => from);

  return {
    get: (section) => baked.get(section),
    mark: (changed) => {
      if (changed === "all") return baked.clear();
      for (const index of changed) baked.get(sectionOf(index))?.dirty.add(index);
    },
    prepare: (sections, pixelsPerSeat, theme) => {
      const scale = 2 ** (Math.ceil(Math.log2(pixelsPerSeat) * 2) / 2);
      const started = performance.now();
      for (const nth of sections) {
        const known = baked.get(nth);
        if (known) {
          baked.delete(nth); // the map keeps the order of use: forget the oldest first
          baked.set(nth, known);
        }
        if (known?.scale === scale && known.theme === theme) {
          if (known.dirty.size > 0) mend(known);
        } else {
          if (performance.now() - started > bakeMsMax) return false;
          baked.set(nth, bake(nth, scale, theme));
        }
      }
      for (const oldest of baked.keys()) {
        if (baked.size <= bitmapsMax) break;
        baked.delete(oldest);
      }
      return true;
    },
  };

  function bake(nth: number, scale: number, theme: Theme): Bitmap {
    const { box, from, count } = layout.sections[nth] ?? { box: emptyBox, from: 0, count: 0 };
    const width = Math.max(1, Math.ceil((box.right - box.left) * scale));
    const height = Math.max(1, Math.ceil((box.bottom - box.top) * scale));
    const canvas = new OffscreenCanvas(width, height);
    const ctx = canvas.getContext("2d");
    if (!ctx) throw new Error("no 2d context"); // only when memory is out
    const indexes = Array.from({ length: count }, (_, index) => from + index);
    drawSeats(ctx, layout, states, indexes, { x: box.left, y: box.top, scale }, theme);
    return { canvas, ctx, scale, box, theme, dirty: new Set() };
  }

  /** Rubs out the changed seats and draws them anew. */
  function mend({ ctx, scale, box, theme, dirty }: Bitmap): void {
    ctx.globalCompositeOperation = "destination-out";
    ctx.beginPath();
    for (const index of dirty) {
      const x = ((layout.x[index] ?? 0) - box.left) * scale;
      const y = ((layout.y[index] ?? 0) - box.top) * scale;
      ctx.moveTo(x + scale * 0.5, y);
      ctx.arc(x, y, scale * Math.min(0.5, seatRadius * 1.3), 0, Math.PI * 2);
    }
    ctx.fill();
    ctx.globalCompositeOperation = "source-over";
    drawSeats(ctx, layout, states, dirty, { x: box.left, y: box.top, scale }, theme);
    dirty.clear();
  }

  function sectionOf(index: number): number {
    let [low, high] = [0, starts.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= index) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

const emptyBox: Box = { left: 0, top: 0, right: 1, bottom: 1 };
