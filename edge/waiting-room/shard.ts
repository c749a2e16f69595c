import { DurableObject } from "cloudflare:workers";
import { decideClaim } from "./core/claim.ts";
import { positionOf } from "./core/place.ts";
import * as core from "./core/shard.ts";
import { shareGrants } from "./core/share-grants.ts";
import type { Snapshot } from "./core/room.ts";
import type { SyncReply } from "./core/sync.ts";
import { Desk } from "./desk.ts";
import type { RoomEnv } from "./room-env.ts";
import {
  answerOf,
  type ClaimAnswer,
  fullRetrySeconds,
  type JoinAnswer,
  type StatusAnswer,
} from "./shard-answers.ts";
import { type ShardIdentity, ShardStore, type StoredPass } from "./shard-store.ts";
import { sleep } from "./sleep.ts";
import { callObject, coordinatorOf } from "./stub.ts";
import { Waiters } from "./waiters.ts";

/** Nobody waits longer for a number or a grant, in milliseconds. */
const waitMs = 5000;
/** A copy of the status this old is asked for again before it is handed on, in milliseconds. */
const statusAgeMsMax = 1000;
/** With an older copy at hand nobody waits longer for a new one, in milliseconds. */
const refreshMs = 500;
/** Between reports that the coordinator does not answer, in milliseconds. */
const silentRetryMs = 1000;

/** Keeps the places of its share of the users, their passes, and a copy of the status. */
export class RoomShard extends DurableObject<RoomEnv> {
  readonly #store: ShardStore;
  readonly #desk: Desk;
  #identity: ShardIdentity | null = null;
  #state: core.Shard | null = null;
  #unreported = true; // totals that the coordinator has not heard of
  #voided = false;
  #alarmAt: number | null = null;
  #syncing: Promise<void> | null = null;
  /** Numbers whose claims are in the request under way. */
  #asked: ReadonlySet<number> = new Set();
  #pumping = false;
  readonly #joiners = new Waiters<string, JoinAnswer>({ status: "unavailable" }, waitMs);
  readonly #claimants = new Waiters<number, ClaimAnswer>({ status: "unavailable" }, waitMs);

  constructor(ctx: DurableObjectState, env: RoomEnv) {
    super(ctx, env);
    this.#store = new ShardStore(ctx.storage.sql);
    this.#desk = new Desk(this.#store);
    void ctx.blockConcurrencyWhile(async () => {
      this.#alarmAt = await ctx.storage.getAlarm();
      const identity = this.#store.identity();
      if (identity) this.#start(identity);
      if (this.#desk.nextExpiryAt !== null) await this.#arm(); // an alarm may have been lost; passes still run out
    });
  }

  /** A place for a user: the same one however often it is asked for. */
  async join(identity: ShardIdentity, user: string, isSuspected = false): Promise<JoinAnswer> {
    const state = this.#belongTo(identity);
    const place = this.#desk.placeOf(user);
    if (this.#voided) return { status: "no-room" };
    if (place !== null) return this.#joined(place, false);
    if (isSuspected) this.#desk.suspect(user);
    const now = Date.now();
    const [after, number] = core.takeNumber(core.countJoin(state, now), now);
    this.#state = after;
    if (number !== null && core.phaseOf(after) === "closed") return { status: "closed" };
    if (number !== null) {
      const answer = this.#seat(user, number);
      await this.#arm();
      return answer;
    }
    const isFirst = !this.#joiners.has(user);
    const waited = this.#joiners.wait(user);
    void this.#pump();
    const answer = await waited;
    return answer.status === "joined" && !isFirst ? { ...answer, created: false } : answer;
  }

  /** An admission for a served position; the same one again while it lives. */
  async claim(identity: ShardIdentity, user: string, number: number): Promise<ClaimAnswer> {
    this.#belongTo(identity);
    if (this.#desk.placeOf(user) !== number) return { status: "expired" }; // the user has left this place
    await this.#refresh();
    if (this.#voided) return { status: "no-room" };
    const known = this.#state?.known ?? null;
    const position = known && positionOf(number, known.snapshot.status);
    const decision = decideClaim(known, position, this.#desk.passOf(number), Date.now());
    switch (decision.status) {
      case "wants-grant": {
        if (this.#desk.sendBack(user, Date.now())) {
          await this.#report();
          return { status: "expired" }; // as anybody hears who comes too late
        }
        const granted = this.#claimants.wait(number);
        void this.#pump();
        return await granted;
      }
      case "admitted":
        return { status: "admitted", number, expiresAt: decision.expiresAt };
      case "not-served":
        return { status: "not-served", retryAfterSeconds: fullRetrySeconds };
      case "expired":
      case "sold-out":
      case "unavailable":
        return decision;
      default:
        return decision satisfies never;
    }
  }

  /** Gives up a place; a live pass frees its place in the shop at once. @returns the pass that ended early */
  async leave(identity: ShardIdentity, user: string): Promise<StoredPass | null> {
    this.#belongTo(identity);
    const number = this.#desk.placeOf(user);
    if (number !== null) this.#claimants.settle(number, { status: "expired" }); // no pass for who has left
    const ended = this.#desk.leave(user, Date.now());
    await this.#report();
    return ended;
  }

  /** The booking is done: its place in the shop is free. The place in the queue has been used. */
  async finish(identity: ShardIdentity, user: string): Promise<StoredPass | null> {
    this.#belongTo(identity);
    const ended = this.#desk.finish(user, Date.now());
    await this.#report();
    return ended;
  }

  /** The status for a cold edge, at most about a second old while the coordinator answers. */
  async status(identity: ShardIdentity): Promise<StatusAnswer> {
    this.#belongTo(identity);
    await this.#refresh();
    if (this.#voided) return { status: "no-room" };
    const known = this.#state?.known;
    if (!known) return { status: "unavailable" };
    return { status: "known", document: known.snapshot.status, ageMs: Date.now() - known.at };
  }

  override async alarm(): Promise<void> {
    this.#alarmAt = null;
    try {
      if (this.#state && !this.#voided) await this.#sync();
    } finally {
      await this.#arm();
    }
  }

  #start(identity: ShardIdentity): core.Shard {
    this.#identity = identity;
    const incarnation = this.#store.nextIncarnation();
    const state = core.createShard({ ...identity, incarnation });
    this.#state = state;
    return state;
  }

  #belongTo(identity: ShardIdentity): core.Shard {
    if (this.#state) return this.#state;
    this.#store.saveIdentity(identity);
    return this.#start(identity);
  }

  #joined(number: number, created: boolean): JoinAnswer {
    const phase = this.#state && core.phaseOf(this.#state);
    return { status: "joined", number, created, phase: phase ?? "pre" };
  }

  #seat(user: string, number: number): JoinAnswer {
    const stands = this.#desk.seat(user, number);
    this.#unreported = true;
    return this.#joined(stands, stands === number);
  }

  async #report(): Promise<void> {
    this.#unreported = true;
    await this.#arm();
  }

  /** Brings the copy of the status up to date; with the old one to go by when the coordinator is silent. */
  async #refresh(): Promise<void> {
    const known = this.#state?.known;
    if (known && Date.now() - known.at < statusAgeMsMax) return;
    const at = this.#dueAt(true);
    if (!this.#syncing && at !== null && at > Date.now()) return;
    await (known ? Promise.race([this.#sync(), sleep(refreshMs)]) : this.#sync());
  }

  /** Keeps asking while somebody waits, with the spacing that protects the coordinator. */
  async #pump(): Promise<void> {
    if (this.#pumping) return;
    this.#pumping = true;
    try {
      while (this.#state && !this.#voided && this.#waiting()) {
        await sleep(Math.max(0, (this.#dueAt(true) ?? 0) - Date.now()));
        await this.#sync();
      }
    } finally {
      this.#pumping = false;
      await this.#arm();
    }
  }

  #waiting(): boolean {
    return this.#joiners.size > 0 || this.#claimants.size > 0;
  }

  /** One request to the coordinator; who asks meanwhile waits for the same one. */
  async #sync(): Promise<void> {
    this.#syncing ??= this.#syncOnce().finally(() => {
      this.#syncing = null;
    });
    await this.#syncing;
  }

  async #syncOnce(): Promise<void> {
    if (!this.#state || !this.#identity) return;
    const now = Date.now();
    const expiredBelow = this.#state.known?.snapshot.status.expiredBelow ?? 0;
    const totals = this.#desk.totalsAt(now, expiredBelow);
    const wishes = { joins: this.#joiners.size, claims: this.#claimants.size, totals };
    if (!this.#state.pending) this.#asked = new Set(this.#claimants.keys());
    const [asking, request] = core.startSync(this.#state, wishes, now);
    this.#state = asking;
    this.#unreported = false;
    const coordinator = coordinatorOf(this.env, this.#identity.event);
    const called = await callObject<SyncReply>(async () => await coordinator.sync(request));
    if (called.status === "failed") {
      this.#unreported = true;
      return;
    }
    this.#take(called.value, Date.now());
  }

  #take(reply: SyncReply, now: number): void {
    if (!this.#state) return;
    const answersPending =
      reply.status !== "synced" || reply.sequence === this.#state.pending?.sequence;
    this.#state = core.finishSync(this.#state, reply, now);
    if (reply.status === "other-generation") this.#void();
    if (!answersPending || reply.status !== "synced") return;
    this.#seatJoiners(now);
    this.#grant(reply.granted, reply.snapshot, now);
  }

  #seatJoiners(now: number): void {
    for (const user of this.#joiners.keys()) {
      if (!this.#state) return;
      if (core.phaseOf(this.#state) === "closed") {
        this.#joiners.settle(user, { status: "closed" });
        continue;
      }
      const [after, number] = core.takeNumber(this.#state, now);
      this.#state = after;
      if (number === null) return; // the rest waits for the next block
      this.#joiners.settle(user, this.#seat(user, number));
    }
  }

  /** Tells those who wait for a grant what came of it. */
  #grant(granted: number, snapshot: Snapshot, now: number): void {
    const claims = this.#claimants.keys().flatMap((number) => {
      const position = positionOf(number, snapshot.status);
      return position === null ? [] : [{ number, position, asked: this.#asked.has(number) }];
    });
    for (const [index, outcome] of shareGrants(claims, granted, snapshot, now).entries()) {
      const { number, position } = claims[index] as (typeof claims)[number]; // one outcome a claim
      if (outcome.status === "admitted") {
        this.#desk.admit({ number, position, expiresAt: outcome.expiresAt });
        this.#unreported = true;
      }
      const answer = answerOf(number, outcome);
      if (answer) this.#claimants.settle(number, answer);
    }
  }

  /** The room was reset: nothing here counts any more. */
  #void(): void {
    this.#voided = true;
    this.#joiners.settleAll({ status: "no-room" });
    this.#claimants.settleAll({ status: "no-room" });
  }

  #dueAt(waiting: boolean): number | null {
    const expiryAt = this.#desk.nextExpiryAt;
    const work = { waiting, unreported: this.#unreported, expiryAt };
    return this.#state && core.nextSyncAt(this.#state, work);
  }

  async #arm(): Promise<void> {
    const due = this.#voided ? null : this.#dueAt(false);
    if (!this.#state || due === null) return;
    const silent = this.#state.pending !== null; // no hurry while the coordinator does not answer
    const at = Math.max(due, Date.now() + (silent ? silentRetryMs : 0));
    if (this.#alarmAt !== null && this.#alarmAt <= at) return;
    this.#alarmAt = at;
    await this.ctx.storage.setAlarm(at);
  }
}
