import { randomUUID } from "node:crypto";
import { insertEvent, insertTickets } from "../../../db/testing/factories.ts";
import { signRequest, type EdgeRequest } from "../../testing/sign-request.ts";
import { bookingIdOf } from "../booking-id.ts";
import { ticketLimit, seatCount, userCount, type Round } from "./commands.ts";
import type { Lab } from "./lab.ts";
import { readPairs } from "./read-pairs.ts";
import type { TestedProcess } from "./tested-process.ts";

/** What came of a request; 0: its process died. */
export interface Answer {
  readonly requestId: string;
  readonly status: number;
  readonly text: string;
  readonly isReplay: boolean;
}

/** A request under an idempotency key, as it can be sent again. */
export interface KeyedRequest {
  readonly user: string;
  readonly key: string;
  readonly path: string;
  readonly body: unknown;
}

export interface KeptAnswer {
  readonly request: KeyedRequest;
  readonly text: string;
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
  readonly kept = new Map<string, KeptAnswer>();
  /** Likewise requests that were not answered with a success. */
  readonly tried = new Map<string, KeyedRequest>();
  readonly violations: string[] = [];
  processes: readonly [TestedProcess, TestedProcess];
  isCalledOff = false;
  #isRedisAway = false;

  private constructor(
    lab: Lab,
    eventId: bigint,
    ticketIds: readonly string[],
    processes: readonly [TestedProcess, TestedProcess],
  ) {
    this.lab = lab;
    this.eventId = eventId;
    this.ticketIds = ticketIds;
    this.users = Array.from({ length: userCount }, (_, at) => `u${at}-${eventId}`);
    this.processes = processes;
  }

  static async make(lab: Lab): Promise<World> {
    const { venueId, performerId, database } = lab;
    const event = await insertEvent(database.db, { venueId, performerId, ticketLimit });
    const tickets = await insertTickets(database.db, event, {
      rows: 1,
      seatsPerRow: seatCount,
    });
    const ids = tickets.map(({ id }) => String(id));
    const dead: readonly [TestedProcess, TestedProcess] = [noProcess, noProcess];
    const world = new World(lab, event.id, ids, dead);
    await world.startDead();
    return world;
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
  async ask(at: TestedProcess, path: string, request: EdgeRequest): Promise<Answer> {
    const requestId = randomUUID();
    const { signingKeys } = this.lab.deps;
    const { issuer } = this.lab;
    const signed = await signRequest({ signingKeys, issuer }, path, { ...request, requestId });
    const answered = at.fetch(signed).then(async (res) => ({
      requestId,
      status: res.status,
      text: await res.text(),
      isReplay: res.headers.has("Idempotency-Replayed"),
    }));
    const answer = await Promise.race([answered, at.killed]);
    return answer === "killed" ? { requestId, status: 0, text: "", isReplay: false } : answer;
  }

  /** All that Redis knows is gone. */
  async flush(): Promise<void> {
    if (!this.#isRedisAway) await this.lab.flush(this);
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
    if (where === "postgres" || this.#isRedisAway) return;
    this.locked.delete(bookingId);
    // A try that its process did not live to end is over by then, too.
    const tried = `{${this.eventId}}:key:${bookingId}`;
    if ((await redis.exists(tried)) === 1) await redis.hset(tried, { until: 1 });
    const owners = readPairs(await redis.hgetall(`{${this.eventId}}:owners`));
    for (const [ticket, owner] of owners) {
      if (owner !== bookingId) continue;
      for (const key of ["locks", ...this.users.map((user) => `user:${user}`)]) {
        await redis.zadd(`{${this.eventId}}:${key}`, { xx: true }, { score: 1, member: ticket });
      }
    }
  }

  /** As the organiser does, in one transaction. */
  async callOff(): Promise<void> {
    this.isCalledOff = true;
    await this.lab.database.pool.query(
      `WITH off AS (UPDATE events SET status = 'cancelled' WHERE id = $1 RETURNING id)
       INSERT INTO event_cancellations (event_id, actor) SELECT id, 'ada' FROM off`,
      [this.eventId],
    );
  }

  /** Lets the time come when the settlement of a real process looks at what is not settled. */
  async makePaymentsDue(): Promise<void> {
    await this.lab.database.pool.query(
      `UPDATE payments SET next_at = now()
       WHERE next_at IS NOT NULL AND booking_id IN (SELECT id FROM bookings WHERE event_id = $1)`,
      [this.eventId],
    );
  }

  /** Before a round: what is to go wrong in it. */
  async arm({ faults, isRedisDown }: Round): Promise<void> {
    this.processes.forEach((process, at) => process.arm(faults[at]));
    this.#isRedisAway = isRedisDown;
    if (isRedisDown) await this.lab.stopRedis(this);
  }

  /** After a round: what was sent out has ended, and what died is started again. */
  async settle({ isRedisDown }: Round): Promise<void> {
    for (const process of this.processes) process.arm(undefined);
    await Promise.all(this.processes.map((process) => process.settled()));
    if (isRedisDown) await this.lab.startRedis(this);
    this.#isRedisAway = false;
    await this.startDead();
  }

  /** Starts what does not run. */
  async startDead(): Promise<void> {
    const [first, second] = this.processes;
    this.processes = await Promise.all([
      first.isDead ? this.lab.startProcess(this, 0) : first,
      second.isDead ? this.lab.startProcess(this, 1) : second,
    ]);
  }
}

/** Where no process was started yet. */
const noProcess: TestedProcess = {
  isDead: true,
  killed: new Promise(() => {}),
  fetch: () => Promise.reject(new Error("not started")),
  arm: () => {},
  settled: async () => {},
  sweep: async () => {},
  settle: async () => {},
  endCancelled: async () => {},
};
