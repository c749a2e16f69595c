import * as fc from "fast-check";
import { methods } from "../../testing/stripe-books.ts";

export const userCount = 3;
export const seatCount = 6;
export const ticketLimit = 4;

/** What a user, or the world, does. Bookings are named by their place in the list of those known, modulo its length. */
export type Command =
  | {
      readonly kind: "place";
      readonly user: number;
      readonly seats: readonly number[];
      readonly acceptEqualSeats: boolean;
      readonly key?: number | undefined;
    }
  | {
      readonly kind: "place-best";
      readonly user: number;
      readonly quantity: number;
      readonly key?: number | undefined;
    }
  | {
      readonly kind: "confirm" | "extend";
      readonly booking: number;
      /** Only where bookings are paid for. */
      readonly paymentMethod?: string;
      readonly key?: number | undefined;
    }
  | { readonly kind: "end" | "read"; readonly booking: number }
  /** Somebody tries to confirm or end what is not theirs. */
  | { readonly kind: "trespass"; readonly booking: number; readonly ends: boolean }
  /** The clocks of Postgres and Redis may differ: a hold ends for one of them first. */
  | {
      readonly kind: "expire";
      readonly booking: number;
      readonly where: "postgres" | "redis" | "both";
    }
  | { readonly kind: "sweep" | "settle" }
  | { readonly kind: "block" | "unblock"; readonly seat: number }
  /** The organiser calls the event off. */
  | { readonly kind: "call-off" };

/** What goes wrong at a step outside the process: a statement, a script, a call of the payment provider. */
export type FaultKind =
  /** Nothing happened, and the caller is told. */
  | "fails"
  /** It happened, and the caller is told that it did not. */
  | "reply-lost"
  /** The process dies before the step, or right after it. */
  | "killed-before"
  | "killed-after"
  /** Redis loses all that it knows of the event, then the step happens. */
  | "flushed"
  /** Postgres ends the statement's connection in the middle of its transaction. */
  | "backend-ended";

export interface Fault {
  readonly kind: FaultKind;
  readonly step: number;
}

/** Commands that run at the same time, in one of two processes each. */
export interface Round {
  readonly commands: readonly Command[];
  /** One for each process. */
  readonly faults: readonly [Fault | undefined, Fault | undefined];
  readonly isRedisDown: boolean;
}

const user = fc.nat(userCount - 1);
const seat = fc.nat(seatCount - 1);
const booking = fc.nat(7);
const key = fc.option(fc.nat(2), { nil: undefined, freq: 2 });

const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("place" as const),
      user,
      seats: fc.uniqueArray(seat, { minLength: 1, maxLength: 3 }),
      acceptEqualSeats: fc.boolean(),
      key,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("place-best" as const),
      user,
      quantity: fc.integer({ min: 1, max: 3 }),
      key,
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("confirm" as const),
      booking,
      paymentMethod: fc.oneof(
        { weight: 5, arbitrary: fc.constant(methods.good) },
        { weight: 1, arbitrary: fc.constantFrom(methods.declined, methods.needsAction) },
      ),
      key,
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("extend" as const), booking, key }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("end" as const), booking }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("read" as const), booking }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("trespass" as const), booking, ends: fc.boolean() }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("expire" as const),
      booking,
      where: fc.constantFrom("postgres" as const, "redis" as const, "both" as const),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constantFrom("sweep" as const, "settle" as const) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constantFrom("block" as const, "unblock" as const), seat }),
  },
);

const fault: fc.Arbitrary<Fault> = fc.record({
  kind: fc.constantFrom<FaultKind>(
    "fails",
    "reply-lost",
    "killed-before",
    "killed-after",
    "flushed",
    "backend-ended",
  ),
  step: fc.nat(6),
});
const rarely = fc.option(fault, { nil: undefined, freq: 3 });

/** Nothing goes wrong and nobody interferes: after such a round it is known for certain who must have which lock. */
const quietRound: fc.Arbitrary<Round> = command.map((it) => ({
  commands: [it],
  faults: [undefined, undefined],
  isRedisDown: false,
}));

const wildRound: fc.Arbitrary<Round> = fc.record({
  commands: fc.array(command, { minLength: 1, maxLength: 3 }),
  faults: fc.tuple(rarely, rarely),
  isRedisDown: fc.oneof(
    { weight: 9, arbitrary: fc.constant(false) },
    { weight: 1, arbitrary: fc.constant(true) },
  ),
});

/** Whatever goes on besides: some sequences end with the end of the event. */
const lastRound: fc.Arbitrary<Round> = wildRound.map((round) => ({
  ...round,
  commands: [{ kind: "call-off" }, ...round.commands],
}));

/** The life of one event with a few seats and a few users who want them. */
export const sequences: fc.Arbitrary<readonly Round[]> = fc
  .tuple(
    fc.array(fc.oneof(wildRound, quietRound), { minLength: 4, maxLength: 12, size: "max" }),
    fc.option(lastRound, { nil: undefined, freq: 1 }),
  )
  .map(([rounds, last]) => (last ? [...rounds, last] : rounds));
