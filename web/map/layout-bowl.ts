import type { Block, LaidSection } from "./layout.ts";
import { placeRows, rowPitch } from "./rows.ts";

/** The field that a bowl surrounds: sides of the straight parts and the radius of the corners, in seat pitches. */
const straightLong = 56;
const straightShort = 22;
const cornerMin = 22;
const aisle = 2;
const tierGap = 5;
const insideNames = /floor|standing|stand-?up|\bga\b|general|pit|field|innenraum|pista|parterre/i;

/**
 * A bowl: the hundreds digit of a section's number is its tier, the rest its place, clockwise from the top left;
 * "Floor", "Standing" and the like are inside. Rows lie on parallels of a rounded rectangle, seats one pitch apart
 * along them.
 * @param blocks sections in plan order
 * @param seats how many seats they have together
 */
export function layOutBowl(blocks: readonly Block[], seats: number) {
  const target = { x: new Float32Array(seats), y: new Float32Array(seats) };
  const sections = new Map<Block, LaidSection>();
  const put = (block: Block, place: Parameters<typeof placeRows>[3]) => {
    const placed = placeRows(target, block.from, block.rows, place);
    sections.set(block, { name: block.name, from: block.from, count: block.count, ...placed });
  };
  const inside = blocks.filter((block) => insideNames.test(block.name));
  const tiers = intoTiers(blocks.filter((block) => !insideNames.test(block.name)));
  const floor = layOutFloor(inside);
  let radius =
    Math.max(cornerMin, floor.width / 2 - straightLong / 2, floor.height / 2 - straightShort / 2) +
    3;
  for (const tier of tiers) {
    const needed = tier.reduce((sum, block) => sum + widest(block) + aisle, 0);
    radius = Math.max(radius, (needed - 2 * (straightLong + straightShort)) / (2 * Math.PI));
    const curve = roundedRectangle(radius);
    const stretch = curve.length / needed;
    let at = 0;
    for (const block of tier) {
      const share = (widest(block) + aisle) * stretch;
      const middle = at + share / 2;
      at += share;
      put(block, (row, along) => curve.place(middle, along, row * rowPitch));
    }
    radius += Math.max(...tier.map((block) => block.rows.length)) * rowPitch + tierGap;
  }
  for (const { block, x, y } of floor.placed) {
    put(block, (row, along) => [x + along, y + row * rowPitch]);
  }
  const [w, h] = [straightLong / 2 + 8, straightShort / 2 + 8];
  return {
    ...target,
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
    const total = line.reduce((sum, block) => sum + widest(block) + aisle, 0);
    let x = -total / 2;
    for (const block of line) {
      placed.push({ block, x: x + (widest(block) + aisle) / 2, y });
      x += widest(block) + aisle;
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
function roundedRectangle(radius: number) {
  const quarter = (Math.PI / 2) * radius;
  const [a, b] = [straightLong / 2, straightShort / 2];
  // Each straight with the corner that ends it: start point, direction, centre of the corner's arc.
  const sides = [
    { length: straightLong, x: -a, y: -b - radius, dx: 1, dy: 0, cx: a, cy: -b },
    { length: straightShort, x: a + radius, y: -b, dx: 0, dy: 1, cx: a, cy: b },
    { length: straightLong, x: a, y: b + radius, dx: -1, dy: 0, cx: -a, cy: b },
    { length: straightShort, x: -a - radius, y: b, dx: 0, dy: -1, cx: -a, cy: -b },
  ] as const;
  const length = 2 * (straightLong + straightShort) + 4 * quarter;

  /** Base length at which the parallel `out` is `along` further than at `s`. */
  const walk = (s: number, along: number, out: number) => {
    const scale = (radius + out) / radius;
    let [at, left] = [s, along];
    for (let guard = 0; guard < 64 && left !== 0; guard++) {
      const { ahead, behind, corner } = pieceAt(at, left > 0);
      const factor = corner ? scale : 1;
      const room = (left > 0 ? ahead : behind) * factor;
      if (Math.abs(left) <= room) return at + left / factor;
      at += left > 0 ? ahead : -behind;
      left -= Math.sign(left) * room;
    }
    return at;
  };

  /** The piece that `s` is on and how far its ends are; on a border the one that lies in the direction of walking. */
  const pieceAt = (s: number, forward: boolean) => {
    let rest = ((s % length) + length) % length;
    if (!forward && rest === 0) rest = length;
    for (let side = 0; ; side = (side + 1) % 4) {
      const straight = sides[side]?.length ?? 0;
      for (const [piece, corner] of [
        [straight, false],
        [quarter, true],
      ] as const) {
        if (forward ? rest < piece : rest <= piece)
          return { ahead: piece - rest, behind: rest, corner };
        rest -= piece;
      }
    }
  };

  const place = (s: number, along: number, out: number): readonly [number, number] => {
    let rest = ((walk(s, along, out) % length) + length) % length;
    for (const side of sides) {
      // The outward normal is the direction, turned left on the screen.
      if (rest < side.length) {
        return [side.x + side.dx * rest + side.dy * out, side.y + side.dy * rest - side.dx * out];
      }
      rest -= side.length;
      if (rest < quarter) {
        const turn = rest / radius;
        const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
        const r = radius + out;
        const [nx, ny] = [side.dy * cos + side.dx * sin, -side.dx * cos + side.dy * sin];
        return [side.cx + nx * r, side.cy + ny * r];
      }
      rest -= quarter;
    }
    return [sides[0].x, sides[0].y - out];
  };
  return { length, place };
}

function widest(block: Block): number {
  return block.rows.reduce((most, count) => Math.max(most, count), 1);
}
