import type { Plan } from "../../contracts/plan.ts";
import { layOutBowl } from "./layout-bowl.ts";
import { layOutCoords } from "./layout-coords.ts";
import { layOutHall } from "./layout-hall.ts";
import { boundsOf, type Box, type SeatCoordinates } from "./rows.ts";

/** World units are seat pitches: neighbours in a row are about 1 apart. */
export interface Layout {
  readonly kind: "hall" | "bowl" | "coords";
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly sections: readonly LaidSection[];
  readonly bounds: Box;
  /**
   * Makes `x` and `y` ready; reading them does so, too. Nobody needs them while sections are areas.
   * @param isOver says when to pause; without it all seats are placed
   * @returns whether all are
   */
  readonly placeSeats: (isOver?: () => boolean) => boolean;
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
  const last = blocks.at(-1);
  const seats = last ? last.from + last.count : 0;
  if (plan.coords) return layOutCoords(blocks, plan.coords);
  const hall = seats <= hallSeatsMax || blocks.length <= hallSectionsMax;
  const { waiting, sections, stage } = hall ? layOutHall(blocks) : layOutBowl(blocks);
  const corners = sections.flatMap(({ box }) => [box.left, box.top, box.right, box.bottom]);
  let memory: SeatCoordinates | undefined;
  let placed = 0;
  const target = () => (memory ??= { x: new Float32Array(seats), y: new Float32Array(seats) });
  const placeSeats = (isOver = () => false) => {
    for (; placed < waiting.length && !isOver(); placed++) waiting[placed]?.(target());
    return placed === waiting.length;
  };
  const coordinates = () => {
    if (placed < waiting.length) placeSeats();
    return target();
  };
  return {
    kind: hall ? "hall" : "bowl",
    sections,
    stage,
    bounds: boundsOf([], [], [...corners, ...stage]),
    placeSeats,
    get x() {
      return coordinates().x;
    },
    get y() {
      return coordinates().y;
    },
  };
}

/** A section as the layouts need it: how many seats in each row, front row first. */
export interface Block {
  readonly name: string;
  readonly from: number;
  readonly count: number;
  readonly rows: readonly number[];
  /** Seats of its longest row; at least 1. */
  readonly widest: number;
}

/** Before the first frame, in code that has just been loaded: one plain pass over the thousands of runs of a stadium. */
function readBlocks({ sections }: Plan): Block[] {
  let from = 0;
  return sections.map(({ name, rows: runs }) => {
    const rows: number[] = [];
    let [count, row, label] = [0, 0, runs[0]?.[0]];
    for (const run of runs) {
      if (run[0] !== label) {
        addRow(rows, row);
        [row, label] = [0, run[0]];
      }
      row += run[1];
      count += run[1];
    }
    addRow(rows, row);
    const block = { name, from, count, rows, widest: Math.max(1, ...rows) };
    from += count;
    return block;
  });
}

/** Rows longer than this (general admission is one "row" of thousands) are folded into several. */
const rowSeatsMax = 120;

function addRow(rows: number[], count: number): void {
  const width =
    count <= rowSeatsMax ? count : Math.min(rowSeatsMax, Math.ceil(Math.sqrt(count * 2)));
  for (let rest = count; rest > 0; rest -= width) rows.push(Math.min(width, rest));
}
