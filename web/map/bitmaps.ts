import type { Layout } from "./layout.ts";
import type { Box } from "./rows.ts";
import type { Theme } from "./shapes.ts";
import { partOf } from "./starts.ts";
import { type Corner, rubOut, type StampSeats } from "./stamps.ts";

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
  /**
   * Bakes what is missing, within a frame's time.
   * @param still whether the scale is the one of the frame before: only then pictures are made exactly for it
   * @returns whether all is ready
   */
  readonly prepare: (
    sections: readonly number[],
    pixelsPerSeat: number,
    still: boolean,
    theme: Theme,
  ) => boolean;
  /** @returns false when there is no picture of this section yet */
  readonly draw: (ctx: CanvasRenderingContext2D, section: number, corner: Corner) => boolean;
}

/**
 * Pictures of whole sections, mended seat by seat. While the scale changes they are stretched, up to steps of √2; once
 * it rests they are baked anew pixel by pixel, which is sharp, and an order of magnitude cheaper to copy.
 */
export function createBitmaps(layout: Layout, stamp: StampSeats): Bitmaps {
  const baked = new Map<number, Bitmap>();
  const starts = layout.sections.map(({ from }) => from);

  return {
    draw: (ctx, section, corner) => {
      const bitmap = baked.get(section);
      if (!bitmap) return false;
      const { canvas, box } = bitmap;
      const factor = corner.scale / bitmap.scale;
      const [x, y] = [(box.left - corner.x) * corner.scale, (box.top - corner.y) * corner.scale];
      if (factor === 1) {
        ctx.drawImage(canvas, Math.round(x), Math.round(y)); // whole pixels are copied, others computed
        return true;
      }
      ctx.drawImage(canvas, x, y, canvas.width * factor, canvas.height * factor);
      return true;
    },
    mark: (changed) => {
      if (changed === "all") return baked.clear();
      for (const index of changed) baked.get(partOf(starts, index))?.dirty.add(index);
    },
    prepare: (sections, pixelsPerSeat, still, theme) => {
      const step = 2 ** (Math.ceil(Math.log2(pixelsPerSeat) * 2) / 2);
      const scale = still ? pixelsPerSeat : step;
      const fits = (bitmap: Bitmap) =>
        still ? bitmap.scale === scale : bitmap.scale / step <= 1 && step / bitmap.scale <= 1.5;
      const started = performance.now();
      for (const nth of sections) {
        const known = baked.get(nth);
        if (known) {
          baked.delete(nth); // the map keeps the order of use: forget the oldest first
          baked.set(nth, known);
        }
        if (known?.theme === theme && fits(known)) {
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
    stamp(ctx, indexes, { x: box.left, y: box.top, scale }, theme);
    return { canvas, ctx, scale, box, theme, dirty: new Set() };
  }

  /** Rubs out the changed seats and draws them anew. */
  function mend({ ctx, scale, box, theme, dirty }: Bitmap): void {
    const corner = { x: box.left, y: box.top, scale };
    rubOut(ctx, layout, dirty, corner);
    stamp(ctx, dirty, corner, theme);
    dirty.clear();
  }
}

const emptyBox: Box = { left: 0, top: 0, right: 1, bottom: 1 };
