import { randomUUID } from "node:crypto";
import { insertEvent, insertTickets } from "../../../db/testing/factories.ts";
import { signRequest, type EdgeRequest } from "../../testing/sign-request.ts";
import { bookingIdOf } from "../booking-id.ts";
import { ticketLimit, seatCount, userCount, type Round } from "./commands.ts";
import { runOnEndedBackend, type Lab } from "./lab.ts";
import { OriginProcess } from "./origin-process.ts";
import { readPairs } from "./read-pairs.ts";

/** What came of a request; 0: its process died. */
export interface Answer {
  readonly requestId: string;
  readonly status: number;
  readonly text: string;
  readonly isReplay: boolean;
}

export interface KnownBooking {
  readonly id: string;
  readonly user: string;
}

/** One event with its users, its two origin processes, and what the users were told. */
export class World {
  readonly lab: Lab;
  readonly eventId: bigint;
  readonly ticketIds: readonly string[];
  readonly users: readonly string[];
  readonly bookings: KnownBooking[] = [];
  /** Holds whose locks nothing has taken away since they were answered. */
  readonly locked = new Set<string>();
  /** Requests that were refused: they must have changed nothing. */
  readonly refused: string[] = [];
  /** By user and key: the request and the first success that it was answered with. */
  readonly kept = new Map<string, { readonly request: string; readonly text: string }>();
  readonly violations: string[] = [];
  processes: [OriginProcess, OriginProcess];

  private constructor(lab: Lab, eventId: bigint, ticketIds: readonly string[]) {
    this.lab = lab;
    this.eventId = eventId;
    this.ticketIds = ticketIds;
    this.users = Array.from({ length: userCount }, (_, at) => `u${at}-${eventId}`);
    this.processes = [this.startProcess(), this.startProcess()];
  }

  static async make(lab: Lab): Promise<World> {
    const { venueId, performerId, database } = lab;
    const event = await insertEvent(database.db, { venueId, performerId, ticketLimit });
    const tickets = await insertTickets(database.db, event, {
      rows: 1,
      seatsPerRow: seatCount,
    });
    return new World(
      lab,
      event.id,
      tickets.map(({ id }) => String(id)),
    );
  }

  startProcess(): OriginProcess {
    return new OriginProcess(
      this.lab.deps,
      {
        flush: () => this.flush(),
        onEndedBackend: (statement) => runOnEndedBackend(this.lab, this.eventId, statement),
      },
      this.lab.createApp,
    );
  }

  user(at: number): string {
    return this.users[at] ?? "";
  }

  booking(at: number): KnownBooking | undefined {
    return this.bookings[at % Math.max(1, this.bookings.length)];
  }

  learn(booking: KnownBooking): void {
    if (!this.bookings.some(({ id }) => id === booking.id)) this.bookings.push(booking);
  }

  /** The key of a user as it is sent, and the booking it stands for. */
  keyed(user: string, key: number): { readonly key: string; readonly bookingId: string } {
    const text = `key-${key}`;
    return { key: text, bookingId: bookingIdOf(user, text) };
  }

  /** Asks a process as the edge does. */
  async ask(at: OriginProcess, path: string, request: EdgeRequest): Promise<Answer> {
    const requestId = randomUUID();
    const { signingKeys } = this.lab.deps;
    const { issuer } = this.lab;
    const signed = await signRequest({ signingKeys, issuer }, path, { ...request, requestId });
    const answered = Promise.resolve(at.app.fetch(signed)).then(async (res) => ({
      requestId,
      status: res.status,
      text: await res.text(),
      isReplay: res.headers.has("Idempotency-Replayed"),
    }));
    const answer = await Promise.race([answered, at.killed]);
    return answer === "killed" ? { requestId, status: 0, text: "", isReplay: false } : answer;
  }

  /** All that Redis knows of the event is gone; nobody else's sequence is touched. */
  async flush(): Promise<void> {
    const { redis } = this.lab;
    const users = this.users.map((user) => `{${this.eventId}}:user:${user}`);
    await redis.del(`{${this.eventId}}:locks`, `{${this.eventId}}:owners`, ...users);
    this.locked.clear();
  }

  /** Lets a hold end by the clock of either store. */
  async expire(bookingId: string, where: "postgres" | "redis" | "both"): Promise<void> {
    const { database, redis } = this.lab;
    if (where !== "redis") {
      await database.pool.query(
        `UPDATE bookings SET expires_at = now() - interval '1 second' WHERE id = $1 AND status = 'held'`,
        [bookingId],
      );
    }
    if (where === "postgres") return;
    this.locked.delete(bookingId);
    const owners = readPairs(await redis.hgetall(`{${this.eventId}}:owners`));
    for (const [ticket, owner] of owners) {
      if (owner !== bookingId) continue;
      for (const key of ["locks", ...this.users.map((user) => `user:${user}`)]) {
        await redis.zadd(`{${this.eventId}}:${key}`, { xx: true }, { score: 1, member: ticket });
      }
    }
  }

  /** Before a round: what is to go wrong in it. */
  arm({ faults, isRedisDown }: Round): void {
    this.processes.forEach((process, at) => {
      process.arm(faults[at]);
      process.isRedisDown = isRedisDown;
    });
  }

  /** After a round: what was sent out has ended, and dead processes are started again. */
  async settle(): Promise<void> {
    await Promise.all(this.processes.map((process) => process.settled()));
    const [first, second] = this.processes;
    this.processes = [
      first.isDead ? this.startProcess() : first,
      second.isDead ? this.startProcess() : second,
    ];
    for (const process of this.processes) {
      process.arm(undefined);
      process.isRedisDown = false;
    }
  }
}
