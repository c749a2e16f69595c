/** What a seat is: the four packed statuses in their order, and one's own choice. */
export const seatState = { available: 0, held: 1, booked: 2, blocked: 3, mine: 4 } as const;

/** A change of one ticket: its index and its new status (the packed bits). */
export type SeatChange = readonly [index: number, status: number];

/** The status of every seat, how many are free in each section, and which have changed since somebody last asked. */
export interface SeatStates {
  readonly statuses: Uint8Array;
  /** Seats that may be bought by section, in plan order, within the price limit. */
  readonly free: Int32Array;
  readonly mine: ReadonlySet<number>;
  readonly state: (index: number) => number;
  /** Whether the price limit rules a seat out. */
  readonly dimmed: (index: number) => boolean;
  /** Replaces all statuses. @returns indexes of one's own seats that are gone */
  readonly load: (packed: string) => number[];
  /** @returns indexes of one's own seats that are gone */
  readonly apply: (changes: readonly SeatChange[]) => number[];
  readonly choose: (index: number, chosen: boolean) => void;
  readonly limitPrice: (priceIndexMax: number) => void;
  /** Indexes that look different now; `all` at first and after another limit. Asking resets. */
  readonly takeChanged: () => "all" | readonly number[];
}

/** A byte of packed statuses to the four statuses in it, one a byte, as this machine orders the bytes of a word. */
const unpacked = new Uint32Array(
  Uint8Array.from({ length: 1024 }, (_, at) => ((at >> 2) >> ((at & 3) * 2)) & 3).buffer,
);

/**
 * @param sections first seat and number of seats of each section, in plan order
 * @param prices of each seat, as an index into the plan's prices
 */
export function createStates(
  sections: readonly { readonly from: number; readonly count: number }[],
  prices: ArrayLike<number>,
): SeatStates {
  const last = sections.at(-1);
  const total = last ? last.from + last.count : 0;
  /** Four seats a word, so that a snapshot is compared as it comes: by its bytes. */
  const words = new Uint32Array(Math.ceil(total / 4));
  const statuses = new Uint8Array(words.buffer, 0, total);
  const sectionOf = new Uint16Array(total);
  for (const [nth, { from, count }] of sections.entries()) sectionOf.fill(nth, from, from + count);
  const free = Int32Array.from(sections, ({ count }) => count);
  const mine = new Set<number>();
  let limit = Infinity;
  let changed: number[] | "all" = "all";

  const counts = (index: number, status: number) =>
    status === seatState.available && (prices[index] ?? 0) <= limit ? 1 : 0;
  const recount = () => {
    free.fill(0);
    for (let index = 0; index < total; index++) {
      const nth = sectionOf[index] ?? 0;
      free[nth] = (free[nth] ?? 0) + counts(index, statuses[index] ?? 0);
    }
    changed = "all";
  };
  const touch = (index: number) => {
    if (changed !== "all") changed.push(index);
  };
  const set = (index: number, status: number) => {
    const was = statuses[index];
    if (was === undefined || was === status) return;
    const nth = sectionOf[index] ?? 0;
    free[nth] = (free[nth] ?? 0) + counts(index, status) - counts(index, was);
    statuses[index] = status;
    touch(index);
  };
  /** Others' holds and purchases take a seat away from one's choice; `blocked` does, too. */
  const lost = () => [...mine].filter((index) => statuses[index] !== seatState.available);

  return {
    statuses,
    free,
    mine,
    state: (index) => (mine.has(index) ? seatState.mine : (statuses[index] ?? 0)),
    dimmed: (index) => (prices[index] ?? 0) > limit,
    load: (packed) => {
      const binary = atob(packed);
      for (let nth = 0; nth < words.length; nth++) {
        const byte = binary.charCodeAt(nth) || 0;
        if (words[nth] === unpacked[byte]) continue;
        for (let seat = 0; seat < 4; seat++) set(nth * 4 + seat, (byte >> (seat * 2)) & 3);
      }
      return lost();
    },
    apply: (changes) => {
      for (const [index, status] of changes) set(index, status);
      return lost();
    },
    choose: (index, chosen) => {
      if (chosen) mine.add(index);
      else mine.delete(index);
      touch(index);
    },
    limitPrice: (priceIndexMax) => {
      limit = priceIndexMax;
      recount();
    },
    takeChanged: () => {
      const taken = changed;
      changed = [];
      return taken;
    },
  };
}
