import type { Plan, PlanSection } from "../../contracts/plan.ts";

/** A stadium of three tiers with 40 sections each, 25 rows of 20: 60,000 seats, as tests and benchmarks use it. */
export function stadiumPlan(): Plan {
  return planOf(
    [1, 2, 3].flatMap((tier) =>
      Array.from({ length: 40 }, (_, place) =>
        section(String(tier * 100 + place + 1), 25, 20, 3 - tier),
      ),
    ),
  );
}

/** A theatre: three sections before a stage. */
export function theatrePlan(): Plan {
  return planOf([section("A", 12, 24, 2), section("B", 14, 30, 1), section("Balcony", 6, 40, 0)]);
}

export function planOf(sections: PlanSection[]): Plan {
  return { version: 1, currency: "EUR", prices: [2500, 5500, 9900], firstTicketId: "1", sections };
}

export function section(name: string, rows: number, seats: number, priceIndex = 0): PlanSection {
  return {
    name,
    priceIndex,
    rows: Array.from({ length: rows }, (_, row) => [String(row + 1), seats]),
  };
}
