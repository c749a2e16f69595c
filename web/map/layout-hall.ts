import type { Block, LaidSection } from "./layout.ts";
import { type PlaceSeats, placeRows, rowPitch } from "./rows.ts";

/** The widest fan that still reads as "in front of the stage", in radians. */
const fanMax = 2.1;
/** Distance from the focus of the fan to the first row, at least. */
const firstRadiusMin = 16;
const aisle = 2.5;

interface Ring {
  readonly blocks: readonly Block[];
  readonly radius: number;
}

/**
 * A hall: sections are segments of a fan that faces the stage, in plan order from the front, side by side where the
 * fan is wide enough.
 * @param blocks sections in plan order
 */
export function layOutHall(blocks: readonly Block[]) {
  const sections = new Map<Block, LaidSection>();
  const waiting: PlaceSeats[] = [];
  const rings = intoRings(blocks);
  for (const { blocks: ring, radius } of rings) {
    const total = ring.reduce((sum, block) => sum + angleOf(block, radius), 0);
    let angle = -total / 2;
    for (const block of ring) {
      const middle = angle + angleOf(block, radius) / 2;
      angle += angleOf(block, radius);
      const { section, placeSeats } = placeRows(block, (row, along, spot) => {
        const r = radius + row * rowPitch;
        const turn = middle + along / r;
        spot.x = Math.sin(turn) * r;
        spot.y = Math.cos(turn) * r;
      });
      sections.set(block, section);
      waiting.push(placeSeats);
    }
  }
  return {
    waiting,
    sections: blocks.flatMap((block) => sections.get(block) ?? []),
    stage: stageOf(rings[0]?.radius ?? firstRadiusMin),
  };
}

function intoRings(blocks: readonly Block[]): Ring[] {
  const rings: Ring[] = [];
  let radius = firstRadiusMin;
  for (let rest = blocks; rest.length > 0;) {
    const [first] = rest;
    const needed = Math.max(radius, ((first?.widest ?? 0) + aisle) / fanMax);
    let used = 0;
    const ring = rest.filter((block, index) => {
      used += angleOf(block, needed);
      return index === 0 || used <= fanMax;
    });
    const taken = rest.slice(0, prefixLength(rest, ring));
    rings.push({ blocks: taken, radius: needed });
    rest = rest.slice(taken.length);
    radius = needed + Math.max(...taken.map((block) => block.rows.length)) * rowPitch + aisle;
  }
  return rings;
}

/** `used` only grows, so what fits is a prefix. */
function prefixLength(rest: readonly Block[], ring: readonly Block[]): number {
  let length = 0;
  while (length < ring.length && ring[length] === rest[length]) length++;
  return length;
}

/** Radians that a section takes: its widest row, were it the front one, and an aisle. */
function angleOf(block: Block, radius: number): number {
  return (block.widest + aisle) / radius;
}

function stageOf(radius: number): number[] {
  const half = Math.min(14, radius * 0.75);
  const front = radius - 4;
  return [
    -half,
    front - 6,
    half,
    front - 6,
    half * 0.85,
    front - 1,
    0,
    front,
    -half * 0.85,
    front - 1,
  ];
}
