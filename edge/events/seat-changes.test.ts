import { expect, test } from "vitest";
import { packStatuses } from "../../contracts/availability-bits.ts";
import type { TicketStatus } from "../../contracts/events.ts";
import { bytesFromBase64, changesBetween } from "./seat-changes.ts";

const pack = (...statuses: TicketStatus[]) => bytesFromBase64(packStatuses(statuses));

test("changed seats are named by their place in ticket order, with their new bits", () => {
  const before = pack("available", "held", "booked", "blocked", "available", "available");
  const now = pack("held", "held", "available", "blocked", "available", "booked");
  expect(changesBetween(before, now)).toEqual([
    [0, 1],
    [2, 0],
    [5, 2],
  ]);
});

test("nothing has changed between equals", () => {
  expect(changesBetween(pack("held", "booked"), pack("held", "booked"))).toEqual([]);
});

test("another number of tickets cannot be told as changes", () => {
  const more = pack("held", "held", "held", "held", "held");
  expect(changesBetween(pack("held"), more)).toBeUndefined();
});
