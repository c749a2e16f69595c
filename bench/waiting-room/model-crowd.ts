/** Ten million people in typed arrays: who comes when, from where, and who will not show up. */
export interface Crowd {
  /** Seconds against the opening, ascending: visitor 0 is the first. */
  readonly arrivals: Float32Array;
  readonly dataCentre: (visitor: number) => number;
  readonly showsUp: (visitor: number) => boolean;
  readonly random: () => number;
}

export function createCrowd(settings: {
  readonly visitors: number;
  readonly arrivalTauSeconds: number;
  readonly earliestSeconds: number;
  readonly noShowShare: number;
  readonly dataCentres: number;
  readonly seed: number;
}): Crowd {
  const random = createRandom(settings.seed);
  const arrivals = new Float32Array(settings.visitors);
  for (let i = 0; i < arrivals.length; i++) {
    const distance = -settings.arrivalTauSeconds * Math.log(1 - random());
    const at = random() < 0.5 ? -distance : distance;
    arrivals[i] = Math.max(at, -settings.earliestSeconds);
  }
  arrivals.sort();
  const centres = unevenTable(settings.dataCentres);
  return {
    arrivals,
    dataCentre: (visitor) => centres[mix(visitor ^ 0x5bd1e995) & 0xffff] ?? 0,
    showsUp: (visitor) => mix(visitor) / 2 ** 32 >= settings.noShowShare,
    random,
  };
}

/** Deterministic and fast: mulberry32. */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Zipf over data centres, as a table to draw from by 16 bits of a hash. */
function unevenTable(centres: number): Uint16Array {
  const weights = Array.from({ length: centres }, (_, rank) => 1 / (rank + 5));
  const sum = weights.reduce((total, it) => total + it, 0);
  const table = new Uint16Array(65_536);
  let centre = 0;
  let upTo = (weights[0] ?? 0) / sum;
  for (let i = 0; i < table.length; i++) {
    while (i / table.length >= upTo && centre < centres - 1) {
      centre++;
      upTo += (weights[centre] ?? 0) / sum;
    }
    table[i] = centre;
  }
  return table;
}

function mix(value: number): number {
  let hash = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
