import { partOf } from "./starts.ts";

/** What a seat is: the four packed statuses in their order, and one's own choice. */
export const seatState = { available: 0, held: 1, booked: 2, blocked: 3, mine: 4 } as const;

/** A change of one ticket: its index and its new status (the packed bits). */
export type SeatChange = readonly [index: number, status: number];

/** The status of every seat, how many are free in each section, and which have changed since somebody last asked. */
export interface SeatStates {
  /** As others see it: not `mine`. */
  readonly status: (index: number) => number;
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

/** How many of the four seats in a byte of packed statuses are available. */
const freeIn = Uint8Array.from({ length: 256 }, (_, byte) =>
  [0, 2, 4, 6].reduce((sum, shift) => sum + (((byte >> shift) & 3) === 0 ? 1 : 0), 0),
);

/**
 * @param sections first seat and number of seats of each section, in plan order
 * @param prices gives them for each seat, as an index into the plan's prices; not asked for before there is a limit
 */
export function createStates(
  sections: readonly { readonly from: number; readonly count: number }[],
  prices: () => ArrayLike<number>,
): SeatStates {
  const last = sections.at(-1);
  const total = last ? last.from + last.count : 0;
  /** Four seats a byte, as they come: a snapshot is compared by its bytes. */
  const packed = new Uint8Array(Math.ceil(total / 4));
  const starts = Uint32Array.from(sections, ({ from }) => from);
  const free = Int32Array.from(sections, ({ count }) => count);
  const mine = new Set<number>();
  let limit = Infinity;
  let changed: number[] | "all" = "all";

  const status = (index: number) => ((packed[index >> 2] ?? 0) >> ((index & 3) * 2)) & 3;
  const isWithin = (index: number) => limit === Infinity || (prices()[index] ?? 0) <= limit;
  const counts = (index: number, value: number) =>
    value === seatState.available && isWithin(index) ? 1 : 0;
  const countFree = ({ from, count }: { readonly from: number; readonly count: number }) => {
    const end = from + count;
    let sum = 0;
    for (let index = from; index < end;) {
      // Without a limit whole bytes count at once: the first count of a stadium is on the way to its first frame.
      const isWhole = limit === Infinity && (index & 3) === 0 && end - index >= 4;
      sum += isWhole ? (freeIn[packed[index >> 2] ?? 0] ?? 0) : counts(index, status(index));
      index += isWhole ? 4 : 1;
    }
    return sum;
  };
  const recount = () => {
    for (const [nth, section] of sections.entries()) free[nth] = countFree(section);
    changed = "all";
  };
  const touch = (index: number) => {
    if (changed !== "all") changed.push(index);
  };
  const set = (index: number, value: number) => {
    const was = status(index);
    if (was === value || index >= total) return;
    const nth = partOf(starts, index);
    free[nth] = (free[nth] ?? 0) + counts(index, value) - counts(index, was);
    const shift = (index & 3) * 2;
    packed[index >> 2] = ((packed[index >> 2] ?? 0) & ~(3 << shift)) | (value << shift);
    touch(index);
  };
  /** Others' holds and purchases take a seat away from one's choice; `blocked` does, too. */
  const lost = () => [...mine].filter((index) => status(index) !== seatState.available);

  return {
    status,
    free,
    mine,
    state: (index) => (mine.has(index) ? seatState.mine : status(index)),
    dimmed: (index) => !isWithin(index),
    load: (snapshot) => {
      const bytes = bytesOf(snapshot);
      if (changed === "all") {
        // Nothing has been painted that could stay.
        packed.fill(0);
        packed.set(bytes.subarray(0, packed.length));
        recount();
        return lost();
      }
      for (let nth = 0; nth < packed.length; nth++) {
        const byte = bytes[nth] ?? 0;
        if (packed[nth] === byte) continue;
        for (let seat = 0; seat < 4; seat++) set(nth * 4 + seat, (byte >> (seat * 2)) & 3);
      }
      return lost();
    },
    apply: (changes) => {
      for (const [index, value] of changes) set(index, value);
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

/** Newer browsers read base64 themselves, without a loop over 15,000 characters in code that has just been loaded. */
function bytesOf(base64: string): Uint8Array {
  const reader = Uint8Array as { readonly fromBase64?: (text: string) => Uint8Array };
  return reader.fromBase64?.(base64) ?? Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
}
