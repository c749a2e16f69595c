import type { Redis } from "@upstash/redis";
import type { Hono } from "hono";
import { ConnectionError } from "../../../db/connection-error.ts";
import type { Db } from "../../../db/client.ts";
import type { AppEnv } from "../../app-env.ts";
import type { Deps } from "../../deps.ts";
import { accountedPayments } from "../../payments/accounted-payments.ts";
import type { Payments } from "../../payments/payments.ts";
import type { PaymentProvider } from "../../payments/provider.ts";
import { settleAccount } from "../../payments/settle-account.ts";
import { endCancelled } from "../end-cancelled.ts";
import { openBookings } from "../open-bookings.ts";
import { sweepHolds } from "../sweep-holds.ts";
import type { Fault } from "./commands.ts";
import type { TestedProcess } from "./tested-process.ts";

/** What a fault needs to be done to the real parts. */
export interface Hazards {
  flush(): Promise<void>;
  /** Runs a statement on a connection of its own, which the server ends in the middle of the transaction. */
  onEndedBackend(statement: (db: Db) => PromiseLike<unknown>): Promise<unknown>;
}

/**
 * One process of the origin, real but for its outer wall: every step outside (a statement, a script, a call of the
 * payment provider) passes here, and one of them can go wrong.
 */
export class OriginProcess implements TestedProcess {
  isRedisDown = false;
  readonly killed: Promise<"killed">;
  readonly #deps: Deps;
  readonly #app: Hono<AppEnv>;
  readonly #hazards: Hazards;
  readonly #underWay = new Set<Promise<unknown>>();
  #fault: Fault | undefined;
  #steps = 0;
  #isDead = false;
  #die: (why: "killed") => void = () => {};

  constructor(deps: Deps, hazards: Hazards, createApp: (deps: Deps) => Hono<AppEnv>) {
    this.#hazards = hazards;
    this.killed = new Promise((resolve) => {
      this.#die = resolve;
    });
    const db = wrapped(deps.db, ["execute"], (run) => this.#step((own) => run(own ?? deps.db)));
    this.#deps = {
      ...deps,
      db,
      redis: wrapped(deps.redis, ["eval", "evalsha"], (run) =>
        this.#step(() => this.#unlessDown(() => run(deps.redis))),
      ),
      ...this.#walledPayments(deps, db),
    };
    this.#app = createApp(this.#deps);
  }

  async fetch(request: Request): Promise<Response> {
    return this.#app.fetch(request);
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  async sweep(): Promise<void> {
    await Promise.race([sweepHolds(this.#deps.db).catch(() => 0), this.killed]);
  }

  async settle(bookingIds: readonly string[]): Promise<void> {
    const { till } = this.#deps;
    if (!till) return;
    const bookings = openBookings(this.#deps);
    const settled = bookingIds.map((bookingId) =>
      settleAccount(bookings, till.provider, { bookingId, requestId: "settlement" }),
    );
    await Promise.race([Promise.allSettled(settled), this.killed]);
  }

  async endCancelled(): Promise<void> {
    const ended = endCancelled(openBookings(this.#deps)).catch(() => false);
    await Promise.race([ended, this.killed]);
  }

  arm(fault: Fault | undefined): void {
    this.#fault = fault;
    this.#steps = 0;
  }

  async settled(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.allSettled(this.#underWay);
  }

  #walledPayments({ payments, till }: Deps, db: Db): Pick<Deps, "payments" | "till"> {
    if (!till) {
      const names = Object.keys(payments);
      return { payments: wrapped(payments, names, (run) => this.#step(() => run(payments))) };
    }
    const { provider } = till;
    const names = Object.keys(provider);
    const walled = wrapped(provider, names, (run) => this.#step(() => run(provider)));
    return { payments: accountedPayments(db, walled), till: { ...till, provider: walled } };
  }

  #unlessDown(run: () => PromiseLike<unknown>): PromiseLike<unknown> {
    if (this.isRedisDown) throw new Error("no Redis");
    return run();
  }

  #step(run: (db?: Db) => PromiseLike<unknown>): Promise<unknown> {
    if (this.#isDead) return new Promise(() => {});
    const done = this.#perform(run);
    this.#underWay.add(done);
    void done.catch(() => undefined).finally(() => this.#underWay.delete(done));
    return this.#unlessKilled(done);
  }

  async #perform(run: (db?: Db) => PromiseLike<unknown>): Promise<unknown> {
    const fault = this.#steps === this.#fault?.step ? this.#fault.kind : undefined;
    this.#steps += 1;
    switch (fault) {
      case undefined:
        return run();
      case "fails":
        throw new ConnectionError("08006", undefined);
      case "reply-lost":
        await run();
        throw new ConnectionError("08006", undefined);
      case "killed-before":
        this.#kill();
        return undefined;
      case "killed-after":
        await run();
        this.#kill();
        return undefined;
      case "flushed":
        await this.#hazards.flush();
        return run();
      case "backend-ended":
        return this.#hazards.onEndedBackend(run);
      default:
        return fault satisfies never;
    }
  }

  #kill(): void {
    this.#isDead = true;
    this.#die("killed");
  }

  /** A dead process hears of nothing. */
  async #unlessKilled(done: Promise<unknown>): Promise<unknown> {
    try {
      const answer = await done;
      return this.#isDead ? await new Promise(() => {}) : answer;
    } catch (error) {
      if (this.#isDead) await new Promise(() => {});
      throw error;
    }
  }
}

/** The same part, with some of its methods led through a step. */
function wrapped<Part extends Db | Redis | Payments | PaymentProvider>(
  part: Part,
  methods: readonly string[],
  step: (run: (on: Part) => PromiseLike<unknown>) => Promise<unknown>,
): Part {
  return new Proxy(part, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== "function" || typeof name !== "string") return member;
      if (!methods.includes(name)) return member.bind(target) as unknown;
      return (...args: unknown[]) =>
        step((on) => Reflect.apply(Reflect.get(on, name, on) as Call, on, args));
    },
  });
}

type Call = (...args: unknown[]) => PromiseLike<unknown>;
