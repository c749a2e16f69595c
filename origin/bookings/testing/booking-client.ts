import { randomInt } from "node:crypto";
import { expect } from "vitest";
import { Booking } from "../../../contracts/bookings.ts";
import { Problem } from "../../../contracts/problem.ts";
import { insertEvent, insertTickets, type TicketsShape } from "../../../db/testing/factories.ts";
import type { EdgeRequest } from "../../testing/sign-request.ts";
import type { TestOrigin } from "../../testing/test-origin.ts";

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

/** The booking routes as a user's program sees them. */
export function createBookingClient({ ask, database }: TestOrigin) {
  const call = async (path: string, request: EdgeRequest): Promise<Answer> => {
    const res = await ask(path, request);
    const text = await res.text();
    const body: unknown = text === "" ? undefined : JSON.parse(text);
    return { status: res.status, headers: res.headers, body };
  };
  const post = (user: string, path: string, body?: unknown, headers = {}) =>
    call(path, { method: "POST", user, body, headers });
  return {
    call,
    place: (user: string, eventId: bigint | string, body: unknown, key?: string) =>
      post(user, `/bookings/${eventId}`, body, key === undefined ? {} : { "Idempotency-Key": key }),
    confirm: (user: string, id: string, key?: string) =>
      post(
        user,
        `/bookings/${id}/confirm`,
        undefined,
        key === undefined ? {} : { "Idempotency-Key": key },
      ),
    extend: (user: string, id: string) => post(user, `/bookings/${id}/extend`),
    end: (user: string, id: string) => call(`/bookings/${id}`, { method: "DELETE", user }),
    get: (user: string, id: string) => call(`/bookings/${id}`, { user }),
    list: (user: string, query = "") => call(`/bookings${query}`, { user }),
    /** An event on sale, with its tickets in order. */
    async makeEvent(shape: TicketsShape = {}, fields: Parameters<typeof insertEvent>[1] = {}) {
      const event = await insertEvent(database.db, fields);
      const tickets = await insertTickets(database.db, event, shape);
      return { id: event.id, tickets, ids: tickets.map(({ id }) => String(id)) };
    },
    /** Moves a hold's end into the past, for Postgres; its locks stay until `dropLocks`. */
    async expire(bookingId: string) {
      await database.pool.query(
        `UPDATE bookings SET expires_at = now() - interval '1 second' WHERE id = $1`,
        [bookingId],
      );
    },
  };
}

/** A user that no other test knows. */
export function newUser(): string {
  return `user-${randomInt(1e12)}`;
}

/** @returns the booking of an answer that must have this status */
export function bookingIn(answer: Answer, status = 201): Booking {
  expect([answer.status, answer.body]).toEqual([status, answer.body]);
  return Booking.parse(answer.body);
}

/** @returns the problem of an answer */
export function problemIn({ status, body }: Answer): Problem {
  const problem = Problem.parse(body);
  expect(problem.status).toBe(status);
  return problem;
}
