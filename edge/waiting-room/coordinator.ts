import { DurableObject } from "cloudflare:workers";
import type { QueueBeacon, QueueFigures, QueueSample } from "../../contracts/queue.ts";
import { beaconFor, fetchRandomness } from "./beacon.ts";
import { CoordinatorStore } from "./coordinator-store.ts";
import { type Change, command, type Command, withRandomness, withStock } from "./core/commands.ts";
import { createRoom, type Room, type RoomSettings } from "./core/room.ts";
import { figuresOf, sampleOf } from "./core/status.ts";
import { nextStepAt, stepRoom } from "./core/step.ts";
import type { Stock } from "./core/stock.ts";
import { sync, type SyncReply, type SyncRequest } from "./core/sync.ts";
import type { RoomEnv } from "./room-env.ts";
import { callObject, registryOf } from "./stub.ts";

export type Governed =
  | { readonly status: "done"; readonly figures: QueueFigures }
  | { readonly status: "refused"; readonly reason: string }
  | { readonly status: "no-room" };

/** A command as it comes from outside: the secret of a reset is drawn here and leaves with the opening. */
export type OutsideCommand =
  | Exclude<Command, { kind: "reset" }>
  | { readonly kind: "reset"; readonly opensAt: number };

const historyEveryMs = 5000;
const registerAgainMs = 1000;

/** One per queued event: lends numbers to shards, opens the room, and decides once a second who is next. */
export class RoomCoordinator extends DurableObject<RoomEnv> {
  readonly #store: CoordinatorStore;
  #room: Room | null = null;
  #alarmAt: number | null = null;
  #sampledAt = 0;
  /** Whether the registry has heard of the room as it is. After a start nobody knows: tell it again. */
  #registered = false;

  constructor(ctx: DurableObjectState, env: RoomEnv) {
    super(ctx, env);
    this.#store = new CoordinatorStore(ctx.storage.sql);
    void ctx.blockConcurrencyWhile(async () => {
      this.#room = this.#store.load();
      this.#alarmAt = await ctx.storage.getAlarm();
    });
  }

  /** Flags the event, or changes the settings of its room. A higher generation than the room's starts it over. */
  async configure(settings: RoomSettings): Promise<Governed> {
    const now = Date.now();
    const room = this.#room;
    if (room && settings.generation < room.settings.generation) {
      return { status: "refused", reason: "the room has been started over since" };
    }
    if (room && settings.generation === room.settings.generation) {
      const { opensAt, admitPerMinute, maxActive, passSeconds, graceSeconds, message } = settings;
      if (settings.shards !== room.settings.shards) {
        return { status: "refused", reason: "the number of shards is fixed until a reset" };
      }
      const change: Change = {
        admitPerMinute,
        maxActive,
        passSeconds,
        graceSeconds,
        message,
        opensAt,
      };
      return await this.govern({ kind: "change", change });
    }
    const beacon = beaconFor(this.env, settings.opensAt);
    return await this.#startOver(createRoom(settings, drawSecret(), beacon, now));
  }

  /** @param generation the room must be of, where the caller knows one */
  async govern(given: OutsideCommand, generation?: number): Promise<Governed> {
    const now = Date.now();
    if (!this.#room || (generation ?? this.#generation) !== this.#generation) {
      return { status: "no-room" };
    }
    const secret = drawSecret();
    const result = command(this.#room, given.kind === "reset" ? { ...given, secret } : given, now);
    if (result.status === "refused") return result;
    const room = this.#withBeacon(result.room);
    if (given.kind === "reset") return await this.#startOver(room);
    this.#keep(room);
    await this.#register();
    await this.#arm();
    return { status: "done", figures: figuresOf(room, now) };
  }

  /** One shard's report and wishes. What it is given is on disk before the answer leaves (output gate). */
  async sync(request: SyncRequest): Promise<SyncReply> {
    const now = Date.now();
    if (!this.#room) return { status: "other-generation" };
    const before = this.#room;
    const [room, reply] = sync(before, request, now);
    const account = room.accounts[request.shard];
    if (account && account !== before.accounts[request.shard]) {
      this.#store.saveAccount(request.shard, account, room.issued);
    }
    if (room.phase !== before.phase || room.lotterySize !== before.lotterySize) {
      this.#store.saveRoom(room);
    }
    this.#room = room;
    if (this.#alarmAt === null) await this.#arm();
    return reply;
  }

  /** @returns whether there is such a room */
  async stock(stock: Stock, generation?: number): Promise<boolean> {
    if (!this.#room || (generation ?? this.#generation) !== this.#generation) return false;
    this.#room = withStock(this.#room, stock); // written with the next step
    return true;
  }

  async figures(): Promise<QueueFigures | null> {
    return this.#room && figuresOf(this.#room, Date.now());
  }

  async history(): Promise<QueueSample[]> {
    return this.#store.history();
  }

  override async alarm(): Promise<void> {
    this.#alarmAt = null;
    try {
      await this.#step();
    } finally {
      await this.#arm();
    }
  }

  get #generation(): number | undefined {
    return this.#room?.settings.generation;
  }

  async #step(): Promise<void> {
    if (!this.#room) return;
    if (!this.#registered) await this.#register();
    await this.#askBeacon(this.#room);
    const now = Date.now();
    const room = stepRoom(this.#room, now);
    this.#keep(room);
    if (room.phase !== "pre" && now - this.#sampledAt >= historyEveryMs) {
      this.#sampledAt = now;
      this.#store.addSample(sampleOf(room, now), now);
    }
  }

  async #askBeacon(room: Room): Promise<void> {
    const { beacon } = room;
    if (!beacon || beacon.randomness !== null || room.seed !== null) return;
    if (Date.now() < room.settings.opensAt) return;
    const randomness = await fetchRandomness(beacon);
    // The room may have moved on meanwhile: the answer goes to the round that it belongs to, or nowhere.
    if (randomness !== null && this.#room) {
      this.#room = withRandomness(this.#room, beacon.round, randomness);
    }
  }

  async #startOver(room: Room): Promise<Governed> {
    this.#room = room;
    this.#store.startOver(room);
    await this.#register();
    await this.#arm();
    return { status: "done", figures: figuresOf(room, Date.now()) };
  }

  #keep(room: Room): void {
    this.#room = room;
    this.#store.saveRoom(room);
  }

  /** Moving the opening moves the round of the beacon with it. */
  #withBeacon(room: Room): Room {
    if (room.seed !== null || !room.beacon) return room;
    const beacon: QueueBeacon | null = beaconFor(this.env, room.settings.opensAt);
    return beacon?.round === room.beacon.round ? room : { ...room, beacon };
  }

  /** Tells the registry; the alarm repeats it until it has been heard. */
  async #register(): Promise<void> {
    if (!this.#room) return;
    const { settings, phase, failOpenUntil } = this.#room;
    const { event, generation, shards } = settings;
    const registry = registryOf(this.env);
    const called = await callObject(async () => {
      if (phase === "closed") await registry.remove(event);
      else await registry.set({ event, generation, shards, failOpenUntil });
    });
    this.#registered = called.status === "answered";
  }

  async #arm(): Promise<void> {
    if (!this.#room) return;
    const now = Date.now();
    const at = this.#registered ? nextStepAt(this.#room, now) : now + registerAgainMs;
    if (at === null || at === this.#alarmAt) return;
    this.#alarmAt = at;
    await this.ctx.storage.setAlarm(at);
  }
}

function drawSecret(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
