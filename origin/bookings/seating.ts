/** A seat as it is stored, without its status. */
export interface Seat {
  readonly id: string;
  readonly section: string;
  readonly rowIndex: number;
  readonly seatIndex: number;
  /** Minor units. */
  readonly price: number;
  /** Accessible and companion seats are left to those who ask for them by name. */
  readonly isReserved: boolean;
  readonly isRestricted: boolean;
}

/** No seat on that side. */
export const none = -1;

/**
 * The seats of one event in places 0, 1, 2, … such that neighbours in a row stand next to each other, and the same
 * again as arrays: 60,000 seats are walked for one request.
 */
export interface Seating {
  readonly version: number;
  readonly seats: readonly Seat[];
  readonly placeOf: ReadonlyMap<string, number>;
  /** Place of the neighbour, or `none`. */
  readonly left: Int32Array;
  readonly right: Int32Array;
  /** Distance to the front and centre, in metres. */
  readonly distance: Float64Array;
  /** First places of all runs of so many neighbours, best first. */
  readonly runs: (quantity: number) => Uint32Array;
}

/** One byte a place: 1 where the seat cannot be had. */
export type Taken = Uint8Array;

/** Usual pitch of rows and of seats, in metres: what makes "one row back" and "one seat aside" comparable. */
const rowPitch = 0.9;
const seatPitch = 0.5;

/** Builds the places from the seats, in any order. */
export function toSeating(version: number, stored: readonly Seat[]): Seating {
  const seats = stored.toSorted(
    (a, b) =>
      compareText(a.section, b.section) || a.rowIndex - b.rowIndex || a.seatIndex - b.seatIndex,
  );
  const left = new Int32Array(seats.length).fill(none);
  const right = new Int32Array(seats.length).fill(none);
  const distance = new Float64Array(seats.length);
  for (const [first, last] of rowsOf(seats)) {
    const centre = ((seats[first]?.seatIndex ?? 0) + (seats[last]?.seatIndex ?? 0)) / 2;
    for (let place = first; place <= last; place += 1) {
      const seat = seats[place];
      if (!seat) continue;
      distance[place] = Math.hypot(
        (seat.rowIndex + 1) * rowPitch,
        (seat.seatIndex - centre) * seatPitch,
      );
      if (place < last && seats[place + 1]?.seatIndex === seat.seatIndex + 1) {
        right[place] = place + 1;
        left[place + 1] = place;
      }
    }
  }
  const seating = { version, seats, left, right, distance };
  const byQuantity = new Map<number, Uint32Array>();
  return {
    ...seating,
    placeOf: new Map(seats.map((seat, place) => [seat.id, place])),
    runs: (quantity) => {
      const runs = byQuantity.get(quantity) ?? rankRuns(seating, quantity);
      byQuantity.set(quantity, runs);
      return runs;
    },
  };
}

/** First and last place of each row. */
function* rowsOf(seats: readonly Seat[]): Generator<[first: number, last: number]> {
  let first = 0;
  for (let place = 1; place <= seats.length; place += 1) {
    const [before, seat] = [seats[place - 1], seats[place]];
    if (seat && before?.section === seat.section && before.rowIndex === seat.rowIndex) continue;
    if (before) yield [first, place - 1];
    first = place;
  }
}

/**
 * All runs of neighbours, best first: the organiser's dearer seats come before cheaper ones, since rows are counted
 * anew in each section; then those nearest to the front and centre.
 */
function rankRuns(
  { seats, right, distance }: Pick<Seating, "seats" | "right" | "distance">,
  quantity: number,
): Uint32Array {
  const runs: { first: number; price: number; distance: number }[] = [];
  for (let first = 0; first + quantity <= seats.length; first += 1) {
    let price = 0;
    let sum = 0;
    let place = first;
    let count = 0;
    while (count < quantity && place !== none) {
      price += seats[place]?.price ?? 0;
      sum += distance[place] ?? 0;
      count += 1;
      if (count < quantity) place = right[place] ?? none;
    }
    if (count === quantity) runs.push({ first, price, distance: sum });
  }
  runs.sort((a, b) => b.price - a.price || a.distance - b.distance || a.first - b.first);
  return Uint32Array.from(runs, ({ first }) => first);
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
