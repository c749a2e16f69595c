import * as z from "zod";
import { VenueId } from "./ids.ts";

/** Seats of one venue: more than any stadium has. */
const seatsMax = 200_000;
/** Nobody reads more faults than this at once. */
const faultsMax = 50;

const coordinate = z.number().min(-1_000_000).max(1_000_000);
const Position = z.object({ x: coordinate, y: coordinate });
const category = z.string().min(1).max(200);

const Seat = z.object({
  seat_guid: z.string().min(1).max(200),
  seat_number: z.string().trim().max(50),
  position: Position,
  category,
});

const Row = z.object({
  row_number: z.string().trim().max(50),
  position: Position.default({ x: 0, y: 0 }),
  seats: z.array(Seat).max(seatsMax),
});

const Zone = z.object({
  name: z.string().trim().min(1, "must have a name: it is the section's").max(50),
  position: Position,
  rows: z.array(Row).max(10_000),
});

/**
 * A pretix seating plan, as its editor exports it: zones with rows with seats, each position relative to what it is in.
 * Zones become sections. What only concerns drawing (areas, colours, radii) is accepted and left out.
 */
export const SeatingPlan = z
  .object({
    name: z.string().trim().min(1).max(200),
    categories: z.array(z.object({ name: category })).max(500),
    zones: z.array(Zone).min(1).max(1000),
  })
  .superRefine((plan, check) => {
    for (const { path, message } of faultsOf(plan))
      check.addIssue({ code: "custom", path, message });
  })
  .meta({ id: "SeatingPlan" });
export type SeatingPlan = z.infer<typeof SeatingPlan>;

interface Fault {
  readonly path: (string | number)[];
  readonly message: string;
}

/** What no single field shows: names that are there twice, categories that are not there at all. */
function faultsOf(plan: {
  readonly categories: readonly { readonly name: string }[];
  readonly zones: readonly z.infer<typeof Zone>[];
}): Fault[] {
  const faults: Fault[] = [];
  const categories = new Set(plan.categories.map(({ name }) => name));
  const [zones, guids, names] = [new Set<string>(), new Set<string>(), new Set<string>()];
  const once = (seen: Set<string>, value: string, path: Fault["path"], message: string) => {
    if (seen.has(value)) faults.push({ path, message });
    seen.add(value);
  };
  for (const [z1, zone] of plan.zones.entries()) {
    once(zones, zone.name, ["zones", z1, "name"], "must not name a zone twice");
    for (const [r, row] of zone.rows.entries()) {
      for (const [s, seat] of row.seats.entries()) {
        const path = ["zones", z1, "rows", r, "seats", s];
        once(guids, seat.seat_guid, [...path, "seat_guid"], "must not be there twice");
        const name = JSON.stringify([zone.name, row.row_number, seat.seat_number]);
        once(names, name, [...path, "seat_number"], "must not be twice in its row");
        if (!categories.has(seat.category)) {
          faults.push({ path: [...path, "category"], message: "must be one of the categories" });
        }
        if (faults.length >= faultsMax) return faults;
      }
    }
  }
  if (guids.size === 0) faults.push({ path: ["zones"], message: "must have at least one seat" });
  if (guids.size > seatsMax) {
    faults.push({ path: ["zones"], message: `must not have more than ${seatsMax} seats` });
  }
  return faults;
}

/** `?dryRun` or `?dryRun=true` changes nothing and says what would. */
export const SeatingPlanQuery = z
  .object({
    dryRun: z
      .enum(["", "true", "false"])
      .optional()
      .transform((value) => value === "" || value === "true"),
  })
  .meta({ id: "SeatingPlanQuery" });

const SeatName = z.object({ section: z.string(), row: z.string(), seat: z.string() });
const Seats = z.object({
  count: z.int().min(0),
  first: z.array(SeatName).describe("at most 100 of them, in plan order"),
});

/** What an import changes, or would change. */
export const SeatingPlanChange = z
  .object({
    venueId: VenueId,
    dryRun: z.boolean(),
    version: z.int().min(1).describe("of the venue's plan, once imported"),
    seats: z.int().min(0),
    added: Seats,
    removed: Seats,
    moved: Seats,
    lost: Seats.describe("sold or held seats of coming events that the plan lacks: it is refused"),
  })
  .meta({ id: "SeatingPlanChange" });
export type SeatingPlanChange = z.infer<typeof SeatingPlanChange>;
