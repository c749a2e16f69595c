import { expect, test } from "vitest";
import { SeatChanges } from "../../contracts/seat-changes.ts";
import { foldSeatMessages, type SeatMessage } from "./seat-changes.ts";

test("messages become one change an event, in which the youngest of each ticket counts", () => {
  const changes = foldSeatMessages([
    message("7", { eventId: "1", ticketIds: ["10", "11"], status: "held" }),
    message("8", { eventId: "2", ticketIds: ["20"], status: "held" }),
    message("9", { eventId: "1", ticketIds: ["10"], status: "booked" }),
    message("12", { eventId: "1", ticketIds: ["12"], status: "available" }),
  ]);
  expect(changes).toEqual([
    { eventId: "1", sequence: "12", available: ["12"], held: ["11"], booked: ["10"] },
    { eventId: "2", sequence: "8", available: [], held: ["20"], booked: [] },
  ]);
  expect(SeatChanges.safeParse({ source: "origin", changes }).success).toBe(true);
});

function message(id: string, payload: SeatMessage) {
  return { id, payload };
}
