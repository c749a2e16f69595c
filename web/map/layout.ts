import { countSeats } from "../../contracts/plan-codec.ts";
import type { Plan } from "../../contracts/plan.ts";
import { layOutBowl } from "./layout-bowl.ts";
import { layOutCoords } from "./layout-coords.ts";
import { layOutHall } from "./layout-hall.ts";
import { boundsOf, type Box } from "./rows.ts";

/** World units are seat pitches: neighbours in a row are about 1 apart. */
export interface Layout {
  readonly kind: "hall" | "bowl" | "coords";
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly sections: readonly LaidSection[];
  readonly bounds: Box;
  /** Makes `x` and `y` ready; reading them does so, too. Nobody needs them while sections are areas. */
  readonly placeSeats: () => void;
  /** What the seats face, as a polygon, or nothing. */
  readonly stage: readonly number[];
}

/** One entry of `plan.sections`, laid out. Its tickets are `from` to `from + count - 1`. */
export interface LaidSection {
  readonly name: string;
  readonly from: number;
  readonly count: number;
  readonly box: Box;
  /** x, y, x, y, …: around all its seats. */
  readonly outline: readonly number[];
}

/** Halls are small: beyond either of these a plan is drawn as a bowl. */
const hallSeatsMax = 3_000;
const hallSectionsMax = 12;

/**
 * Places every seat of a plan on a plane; the same plan gives the same picture, on every device.
 * @param plan with measured coordinates (drawn as they are) or without (a hall or a bowl is made up from the names)
 */
export function layOut(plan: Plan): Layout {
  const blocks = readBlocks(plan);
  const seats = countSeats(plan.sections);
  if (plan.coords) return layOutCoords(blocks, plan.coords);
  const hall = seats <= hallSeatsMax || blocks.length <= hallSectionsMax;
  const { target, waiting, sections, stage } = hall
    ? layOutHall(blocks, seats)
    : layOutBowl(blocks, seats);
  const corners = sections.flatMap(({ box }) => [box.left, box.top, box.right, box.bottom]);
  const placeSeats = () => {
    for (const place of waiting.splice(0)) place();
  };
  return {
    kind: hall ? "hall" : "bowl",
    sections,
    stage,
    bounds: boundsOf([], [], [...corners, ...stage]),
    placeSeats,
    get x() {
      if (waiting.length > 0) placeSeats();
      return target.x;
    },
    get y() {
      if (waiting.length > 0) placeSeats();
      return target.y;
    },
  };
}

/** A section as the layouts need it: how many seats in each row, front row first. */
export interface Block {
  readonly name: string;
  readonly from: number;
  readonly count: number;
  readonly rows: readonly number[];
}

function readBlocks(plan: Plan): Block[] {
  let from = 0;
  return plan.sections.map((section) => {
    const rows: number[] = [];
    let label: string | undefined;
    for (const [name, count] of section.rows) {
      if (name === label) rows.push((rows.pop() ?? 0) + count);
      else rows.push(count);
      label = name;
    }
    const block = { name: section.name, from, count: rows.reduce((sum, n) => sum + n, 0), rows };
    from += block.count;
    return { ...block, rows: block.rows.flatMap(fold) };
  });
}

/** Rows longer than this (general admission is one "row" of thousands) are folded into several. */
const rowSeatsMax = 120;

function fold(count: number): number[] {
  if (count <= rowSeatsMax) return [count];
  const width = Math.min(rowSeatsMax, Math.ceil(Math.sqrt(count * 2)));
  const rows = Math.ceil(count / width);
  return Array.from({ length: rows }, (_, row) => Math.min(width, count - row * width));
}
