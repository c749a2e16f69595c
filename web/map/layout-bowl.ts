import type { Block, LaidSection } from "./layout.ts";
import { type PlaceSeat, type PlaceSeats, placeRows, rowPitch, type Spot } from "./rows.ts";

/** The shape of a bowl: its long and short straights and the radius of its corners, as parts of one size. */
const shape = { long: 2.2, short: 0.8, corner: 1.2 };
const aroundShape = 2 * (shape.long + shape.short) + 2 * Math.PI * shape.corner;
/** The smallest size, in seat pitches: a field is never smaller than a stage. */
const sizeMin = 12;
/** Share of the open middle that the field takes. */
const fieldShare = 0.66;
const aisle = 2;
const tierGap = 5;
const insideNames = /floor|standing|stand-?up|\bga\b|general|pit|field|innenraum|pista|parterre/i;

/**
 * A bowl: the hundreds digit of a section's number is its tier, the rest its place, clockwise from the top left;
 * "Floor", "Standing" and the like are inside. Rows lie on parallels of a rounded rectangle, seats one pitch apart
 * along them.
 * @param blocks sections in plan order
 */
export function layOutBowl(blocks: readonly Block[]) {
  const sections = new Map<Block, LaidSection>();
  const waiting: PlaceSeats[] = [];
  const put = (block: Block, place: PlaceSeat) => {
    const { section, placeSeats } = placeRows(block, place);
    sections.set(block, section);
    waiting.push(placeSeats);
  };
  const inside: Block[] = [];
  const around: Block[] = [];
  for (const block of blocks) (insideNames.test(block.name) ? inside : around).push(block);
  const tiers = intoTiers(around);
  const floor = layOutFloor(inside);
  const first = tiers[0] ?? [];
  const size = Math.max(
    sizeMin,
    neededBy(first) / aroundShape,
    (floor.width + 8) / (shape.long + 2 * shape.corner),
    (floor.height + 8) / (shape.short + 2 * shape.corner),
  );
  const field = { long: shape.long * size, short: shape.short * size, corner: shape.corner * size };
  let radius = field.corner;
  for (const tier of tiers) {
    const needed = neededBy(tier);
    radius = Math.max(radius, (needed - 2 * (field.long + field.short)) / (2 * Math.PI));
    const curve = roundedRectangle(field.long, field.short, radius);
    const stretch = curve.length / needed;
    let at = 0;
    for (const block of tier) {
      const share = (block.widest + aisle) * stretch;
      const middle = at + share / 2;
      at += share;
      put(block, (row, along, spot) => curve.place(middle, along, row * rowPitch, spot));
    }
    radius += Math.max(...tier.map((block) => block.rows.length)) * rowPitch + tierGap;
  }
  for (const { block, x, y } of floor.placed) {
    put(block, (row, along, spot) => {
      spot.x = x + along;
      spot.y = y + row * rowPitch;
    });
  }
  const w = (field.long / 2 + field.corner) * fieldShare;
  const h = (field.short / 2 + field.corner) * fieldShare;
  return {
    waiting,
    sections: blocks.flatMap((block) => sections.get(block) ?? []),
    stage: inside.length > 0 ? [] : [-w, -h, w, -h, w, h, -w, h],
  };
}

function intoTiers(blocks: readonly Block[]): Block[][] {
  const numbered = blocks.map((block, order) => {
    const digits = /\d+/.exec(block.name)?.[0];
    const number = digits === undefined ? order : Number(digits);
    return { block, order, tier: digits === undefined ? 0 : Math.floor(number / 100), number };
  });
  const tiers = [...new Set(numbered.map(({ tier }) => tier))].sort((a, b) => a - b);
  return tiers.map((tier) =>
    numbered
      .filter((it) => it.tier === tier)
      .sort((a, b) => a.number - b.number || a.order - b.order)
      .map(({ block }) => block),
  );
}

/** Sections inside stand in rows of blocks, as near a square as their widths allow. */
function layOutFloor(blocks: readonly Block[]) {
  const columns = Math.ceil(Math.sqrt(blocks.length));
  const placed: { block: Block; x: number; y: number }[] = [];
  let [width, y] = [0, 0];
  for (let first = 0; first < blocks.length; first += columns) {
    const line = blocks.slice(first, first + columns);
    const total = line.reduce((sum, block) => sum + block.widest + aisle, 0);
    let x = -total / 2;
    for (const block of line) {
      placed.push({ block, x: x + (block.widest + aisle) / 2, y });
      x += block.widest + aisle;
    }
    width = Math.max(width, total);
    y += Math.max(...line.map((block) => block.rows.length)) * rowPitch + aisle;
  }
  return { width, height: y, placed: placed.map((it) => ({ ...it, y: it.y - (y - aisle) / 2 })) };
}

/**
 * The parallel curves of a rounded rectangle: `place(s, along, out)` goes `s` along the base curve (from its top left,
 * clockwise), then `out` away from it, then `along` the parallel there. Lengths stay true on straights and in corners.
 */
function roundedRectangle(long: number, short: number, radius: number) {
  const quarter = (Math.PI / 2) * radius;
  const [a, b] = [long / 2, short / 2];
  // Each straight with the corner that ends it: start point, direction, centre of the corner's arc.
  const sides = [
    { length: long, x: -a, y: -b - radius, dx: 1, dy: 0, cx: a, cy: -b },
    { length: short, x: a + radius, y: -b, dx: 0, dy: 1, cx: a, cy: b },
    { length: long, x: a, y: b + radius, dx: -1, dy: 0, cx: -a, cy: b },
    { length: short, x: -a - radius, y: b, dx: 0, dy: -1, cx: -a, cy: -b },
  ] as const;
  const length = 2 * (long + short) + 4 * quarter;

  /** From a length on the base curve to the same place's length on the parallel `out`. */
  const lengthOn = (value: number, out: number): number => {
    let [rest, answer] = [value, 0];
    for (const side of sides) {
      if (rest < side.length) return answer + rest;
      rest -= side.length;
      answer += side.length;
      if (rest < quarter) return answer + (rest / radius) * (radius + out);
      rest -= quarter;
      answer += (Math.PI / 2) * (radius + out);
    }
    return answer;
  };

  // Seats of a row start from the same place: it is found once.
  let start = { s: Number.NaN, out: 0, length: 0 };
  const place = (s: number, along: number, out: number, spot: Spot): void => {
    if (start.s !== s || start.out !== out) start = { s, out, length: lengthOn(s, out) };
    const r = radius + out;
    const whole = 2 * (long + short) + 2 * Math.PI * r;
    let rest = (((start.length + along) % whole) + whole) % whole;
    for (const side of sides) {
      // The outward normal is the direction, turned left on the screen.
      if (rest < side.length) {
        spot.x = side.x + side.dx * rest + side.dy * out;
        spot.y = side.y + side.dy * rest - side.dx * out;
        return;
      }
      rest -= side.length;
      const turn = rest / r;
      if (turn < Math.PI / 2) {
        const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
        spot.x = side.cx + (side.dy * cos + side.dx * sin) * r;
        spot.y = side.cy + (side.dy * sin - side.dx * cos) * r;
        return;
      }
      rest -= (Math.PI / 2) * r;
    }
    spot.x = sides[0].x;
    spot.y = sides[0].y - out;
  };
  return { length, place };
}

/** How long a curve has to be for the sections of a tier, side by side. */
function neededBy(tier: readonly Block[]): number {
  return tier.reduce((sum, block) => sum + block.widest + aisle, 0);
}
