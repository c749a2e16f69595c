import { command, type Command, withStock } from "./commands.ts";
import { decideClaim } from "./claim.ts";
import { PassLedger } from "./pass-ledger.ts";
import { positionOf } from "./place.ts";
import { createRoom, type Room, type RoomSettings, totalsOf } from "./room.ts";
import { countJoin, createShard, finishSync, phaseOf, type Shard } from "./shard.ts";
import { startSync, takeNumber } from "./shard.ts";
import { shareGrants } from "./share-grants.ts";
import { stepRoom } from "./step.ts";
import { sync, type SyncReply } from "./sync.ts";

export const testSecret = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
export const testOpensAt = Date.UTC(2026, 11, 1, 10);

export const testSettings: RoomSettings = {
  event: "1",
  generation: 1,
  shards: 3,
  opensAt: testOpensAt,
  admitPerMinute: 600,
  maxActive: 20,
  passSeconds: 60,
  graceSeconds: 30,
  message: "",
};

interface Member {
  state: Shard;
  incarnation: number;
  ledger: PassLedger;
  /** What is on the shard's disk. */
  readonly places: Map<string, number>;
  readonly passes: Map<number, { position: number; expiresAt: number; ended: boolean }>;
  left: number;
  joining: string[];
  claiming: number[];
}

/** A whole room in memory, driven step by step: what the objects do, without the objects. */
export class TestRoom {
  now: number;
  room: Room;
  readonly members: Member[];
  readonly given: { readonly number: number; readonly user: string; readonly at: number }[] = [];

  constructor(settings: RoomSettings, now: number) {
    this.now = now;
    this.room = createRoom(settings, testSecret, null, now);
    this.members = Array.from({ length: settings.shards }, (_, shard) => ({
      state: this.#fresh(shard, 1),
      incarnation: 1,
      ledger: new PassLedger(),
      places: new Map(),
      passes: new Map(),
      left: 0,
      joining: [],
      claiming: [],
    }));
  }

  get active(): number {
    return this.members.reduce((sum, it) => {
      const live = [...it.passes.values()].filter((p) => !p.ended && p.expiresAt > this.now);
      return sum + live.length;
    }, 0);
  }

  get coordinatorActive(): number {
    return totalsOf(this.room).active;
  }

  member(shard: number): Member {
    const member = this.members[shard % this.members.length];
    if (!member) throw new RangeError(`shard ${shard}`);
    return member;
  }

  join(shard: number, user: string): void {
    const member = this.member(shard);
    if (member.places.has(user)) return;
    const [state, number] = takeNumber(countJoin(member.state, this.now), this.now);
    member.state = state;
    if (number === null) {
      if (!member.joining.includes(user)) member.joining.push(user);
    } else this.#seat(member, user, number);
  }

  claim(shard: number, user: string): ReturnType<typeof decideClaim>["status"] | "no-place" {
    const member = this.member(shard);
    const number = member.places.get(user);
    if (number === undefined) return "no-place";
    const { known } = member.state;
    const position = known && positionOf(number, known.snapshot.status);
    const decision = decideClaim(known, position, member.passes.get(number) ?? null, this.now);
    const wants = decision.status === "wants-grant" && !member.claiming.includes(number);
    if (wants) member.claiming.push(number);
    return decision.status;
  }

  exit(shard: number, user: string): void {
    const member = this.member(shard);
    const number = member.places.get(user) ?? -1;
    const pass = member.passes.get(number);
    member.ledger.advance(this.now, member.ledger.totals.settledBelow);
    if (pass && member.ledger.end(number)) pass.ended = true;
  }

  /**
   * The shard speaks to the coordinator.
   * @param fate the request or the answer may get lost, or the request may arrive twice
   */
  sync(shard: number, fate: "whole" | "request-lost" | "answer-lost" | "twice"): void {
    const member = this.member(shard);
    const below = member.state.known?.snapshot.status.expiredBelow ?? 0;
    member.ledger.advance(this.now, below);
    const totals = { ...member.ledger.totals, joins: member.places.size, left: member.left };
    const wishes = { joins: member.joining.length, claims: member.claiming.length, totals };
    const [asking, request] = startSync(member.state, wishes, this.now);
    member.state = asking;
    if (fate === "request-lost") return;
    let reply = this.#deliver(request);
    if (fate === "twice") reply = this.#deliver(request);
    if (fate === "answer-lost") return;
    this.#take(member, reply);
  }

  restartShard(shard: number): void {
    const member = this.member(shard);
    member.incarnation++;
    member.state = this.#fresh(shard % this.members.length, member.incarnation);
    member.ledger = new PassLedger();
    for (const [number, pass] of member.passes) {
      member.ledger.grant({ number, ...pass });
      if (pass.ended) member.ledger.end(number);
    }
    member.joining = [];
    member.claiming = [];
  }

  step(ms: number): void {
    this.now += ms;
    this.room = stepRoom(this.room, this.now);
  }

  govern(given: Command): void {
    const result = command(this.room, given, this.now);
    if (result.status === "done") this.room = result.room;
  }

  stock(available: number, held: number): void {
    this.room = withStock(this.room, { available, held, priceRange: null, at: this.now });
  }

  #fresh(shard: number, incarnation: number): Shard {
    const { generation, shards } = this.room.settings;
    return createShard({ generation, shard, shards, incarnation });
  }

  #deliver(request: Parameters<typeof sync>[1]): SyncReply {
    const [room, reply] = sync(this.room, request, this.now);
    this.room = room;
    return reply;
  }

  #take(member: Member, reply: SyncReply): void {
    const answers = reply.status === "synced" && reply.sequence === member.state.pending?.sequence;
    member.state = finishSync(member.state, reply, this.now);
    if (!answers) return;
    const joining = phaseOf(member.state) === "closed" ? [] : member.joining;
    member.joining = [];
    for (const user of joining) {
      const [state, number] = takeNumber(member.state, this.now);
      member.state = state;
      if (number === null) member.joining.push(user);
      else this.#seat(member, user, number);
    }
    const claims = member.claiming.splice(0).map((number) => {
      return { number, position: positionOf(number, reply.snapshot.status) ?? 0, asked: true };
    });
    const outcomes = shareGrants(claims, reply.granted, reply.snapshot, this.now);
    for (const [index, { number, position }] of claims.entries()) {
      const outcome = outcomes[index];
      if (outcome?.status !== "admitted") continue;
      const { expiresAt } = outcome;
      if (member.passes.has(number)) throw new Error(`a second pass for ${number}`);
      member.passes.set(number, { position, expiresAt, ended: false });
      member.ledger.grant({ number, position, expiresAt });
    }
  }

  #seat(member: Member, user: string, number: number): void {
    member.places.set(user, number);
    this.given.push({ number, user, at: this.now });
  }
}
