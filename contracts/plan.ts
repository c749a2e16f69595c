import * as z from "zod";
import { TicketId } from "./ids.ts";
import { Amount, Currency } from "./money.ts";

/**
 * A run of neighbouring seats of one row: its label, how many seats, the first seat's name (default 1), the step to the
 * next (default 1) and, where it differs from the section's, the index of the price. A seat whose name is not a plain
 * number is a run of its own. Runs that follow one another with the same label are one row with a gap.
 */
export const PlanRun = z
  .union([
    z.tuple([z.string(), z.int().min(1)]),
    z.tuple([z.string(), z.int().min(1), z.int().or(z.string())]),
    z.tuple([z.string(), z.int().min(1), z.int().or(z.string()), z.int()]),
    z.tuple([z.string(), z.int().min(1), z.int().or(z.string()), z.int(), z.int().min(0)]),
  ])
  .meta({ id: "PlanRun" });
export type PlanRun = z.infer<typeof PlanRun>;

export const PlanSection = z
  .object({
    name: z.string(),
    priceIndex: z.int().min(0),
    rows: z.array(PlanRun).min(1),
  })
  .meta({ id: "PlanSection" });
export type PlanSection = z.infer<typeof PlanSection>;

/** Ranges of ticket indexes: `[first, count]`. */
const ranges = z.array(z.tuple([z.int().min(0), z.int().min(1)]));

/**
 * The seats of an event without their statuses, in ticket order, which is also the order of the statuses in
 * `availability`: a few kilobytes for a stadium, where the tickets themselves are megabytes.
 */
export const Plan = z
  .object({
    version: z.int(),
    currency: Currency,
    /** Amounts in minor units, ascending; sections point into it. */
    prices: z.array(Amount),
    /** Id of the first ticket; each further ticket has the next id, except where `idJumps` says otherwise. */
    firstTicketId: TicketId.or(z.literal("")),
    idJumps: z
      .array(z.tuple([z.int().min(1), TicketId]))
      .optional()
      .describe("[ticket index, its id], ascending, where ids do not simply go on"),
    sections: z.array(PlanSection),
    marks: z
      .object({
        accessible: ranges.optional(),
        companion: ranges.optional(),
        restrictedView: ranges.optional(),
      })
      .optional(),
    coords: z
      .object({
        unit: z.number().positive().describe("how much one step is, in seat widths"),
        points: z
          .base64()
          .describe("int16 little-endian, x and y of each seat as steps from the last seat"),
      })
      .optional(),
  })
  .meta({ id: "Plan" });
export type Plan = z.infer<typeof Plan>;
