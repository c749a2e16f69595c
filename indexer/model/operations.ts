import fc from "fast-check";

/** Numbers choose among what exists when the operation runs: `n` modulo the count of rows. */
export type Statement =
  | { kind: "insert-event"; n: number; text: string; tickets: number }
  | { kind: "rename-event"; n: number; text: string }
  | { kind: "set-status"; n: number; status: "draft" | "published" | "cancelled" }
  | { kind: "reschedule"; n: number; hours: number }
  | { kind: "move-venue"; n: number; m: number }
  | { kind: "delete-event"; n: number }
  | { kind: "rename-venue"; n: number; text: string }
  | { kind: "touch-venue"; n: number }
  | { kind: "rename-performer"; n: number; text: string }
  | { kind: "add-performer"; n: number; m: number }
  | { kind: "remove-performer"; n: number }
  | { kind: "insert-tickets"; n: number; tickets: number; price: number }
  | { kind: "block-tickets"; n: number; count: number }
  | { kind: "free-tickets"; n: number }
  | { kind: "reprice"; n: number; price: number; currency: "GBP" | "EUR" }
  | { kind: "move-ticket"; n: number; m: number }
  | { kind: "delete-tickets"; n: number; count: number }
  | { kind: "truncate-tickets" }
  | { kind: "truncate-events" };

/** What befalls the parts. */
export type Accident =
  | { kind: "kill-indexer" }
  | { kind: "stop-indexer" }
  | { kind: "cut-stream" }
  | { kind: "cut-queries" }
  | { kind: "sink-fault"; fault: "503" | "422" | "reset" | "fewer-lines" }
  | { kind: "sink-heals" }
  | { kind: "kill-sink" };

export type Operation =
  | { kind: "transaction"; statements: Statement[]; commit: boolean }
  | { kind: "accident"; accident: Accident };

const n = fc.nat(1_000_000);
const text = fc.oneof(
  fc.string({ minLength: 1, maxLength: 20, unit: "grapheme-composite" }).filter(storable),
  fc.constantFrom("AC/DC", "Beyoncé", "Beyonce\u0301", "!!!", "東京", "Queens of the Stone Age"),
);

const statement: fc.Arbitrary<Statement> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constant("insert-event" as const),
      n,
      text,
      tickets: fc.nat(8),
    }),
  },
  { weight: 12, arbitrary: fc.record({ kind: fc.constant("rename-event" as const), n, text }) },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant("set-status" as const),
      n,
      status: fc.constantFrom(
        "draft" as const,
        "published" as const,
        "published" as const,
        "cancelled" as const,
      ),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("reschedule" as const),
      n,
      hours: fc.integer({ min: -1_000, max: 10_000 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("move-venue" as const), n, m: n }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant("delete-event" as const), n }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("rename-venue" as const), n, text }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("touch-venue" as const), n }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("rename-performer" as const), n, text }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("add-performer" as const), n, m: n }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("remove-performer" as const), n }) },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant("insert-tickets" as const),
      n,
      tickets: fc.nat(20),
      price: fc.nat(50_000),
    }),
  },
  {
    weight: 14,
    arbitrary: fc.record({ kind: fc.constant("block-tickets" as const), n, count: fc.nat(10) }),
  },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("free-tickets" as const), n }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("reprice" as const),
      n,
      price: fc.nat(50_000),
      currency: fc.constantFrom("GBP" as const, "EUR" as const),
    }),
  },
  { weight: 8, arbitrary: fc.record({ kind: fc.constant("move-ticket" as const), n, m: n }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant("delete-tickets" as const), n, count: fc.nat(10) }),
  },
);

const truncation = fc.constantFrom<Statement>(
  { kind: "truncate-tickets" },
  { kind: "truncate-tickets" },
  { kind: "truncate-events" },
);

const accident: fc.Arbitrary<Accident> = fc.oneof(
  { weight: 2, arbitrary: fc.constant<Accident>({ kind: "kill-indexer" }) },
  { weight: 1, arbitrary: fc.constant<Accident>({ kind: "stop-indexer" }) },
  { weight: 3, arbitrary: fc.constant<Accident>({ kind: "cut-stream" }) },
  { weight: 3, arbitrary: fc.constant<Accident>({ kind: "cut-queries" }) },
  {
    weight: 4,
    arbitrary: fc
      .constantFrom("503" as const, "422" as const, "reset" as const, "fewer-lines" as const)
      .map((fault): Accident => ({ kind: "sink-fault", fault })),
  },
  { weight: 8, arbitrary: fc.constant<Accident>({ kind: "sink-heals" }) },
);

/** One operation: mostly a small transaction, at times one that is rolled back, rarely an accident. */
const operation: fc.Arbitrary<Operation> = fc.oneof(
  {
    weight: 1_000,
    arbitrary: fc.record({
      kind: fc.constant("transaction" as const),
      statements: fc.oneof(
        { weight: 500, arbitrary: fc.array(statement, { minLength: 1, maxLength: 3 }) },
        { weight: 1, arbitrary: fc.tuple(truncation) },
      ),
      commit: fc.integer({ min: 0, max: 19 }).map((roll) => roll > 0),
    }),
  },
  { weight: 12, arbitrary: fc.record({ kind: fc.constant("accident" as const), accident }) },
);

/**
 * Operations drawn from a seed. What chance would rarely bring befalls every so many of them for sure: a search server
 * that is killed takes seconds to return, so that it cannot be frequent, and emptied events must not be missing.
 */
export function drawOperations(seed: number, total: number, perRound: number): Operation[] {
  const drawn = fc.sample(operation, { numRuns: total, seed });
  return drawn.map((it, at): Operation => {
    if (at % perRound === Math.floor(perRound / 2)) {
      return { kind: "accident", accident: { kind: "kill-sink" } };
    }
    if (at % perRound === Math.floor((perRound * 3) / 4)) {
      return { kind: "accident", accident: { kind: "stop-indexer" } };
    }
    if (at % (perRound * 4) === Math.floor(perRound / 4)) {
      return { kind: "transaction", statements: [{ kind: "truncate-events" }], commit: true };
    }
    return it;
  });
}

function storable(value: string): boolean {
  return !value.includes("\0") && value.trim() !== "" && value.isWellFormed();
}
