import type { SeatingPlan } from "../../../contracts/seating-plan.ts";
import type { PlacedSeat } from "../../../db/schema/venue-plans.ts";

/** All seats of a plan, in its order: positions add up from zone to row to seat. */
export function placedSeats({ zones }: SeatingPlan): PlacedSeat[] {
  return zones.flatMap((zone) =>
    zone.rows.flatMap((row) =>
      row.seats.map((seat) => ({
        section: zone.name,
        row: row.row_number,
        seat: seat.seat_number,
        x: zone.position.x + row.position.x + seat.position.x,
        y: zone.position.y + row.position.y + seat.position.y,
        category: seat.category,
        guid: seat.seat_guid,
      })),
    ),
  );
}

export interface SeatName {
  readonly section: string;
  readonly row: string;
  readonly seat: string;
}

/** One text for one seat of a venue. */
export function seatKey({ section, row, seat }: SeatName): string {
  return JSON.stringify([section, row, seat]);
}
