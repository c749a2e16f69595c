import { runDurableObjectAlarm as ringAlarm, runInDurableObject } from "cloudflare:test";
import { env as untypedEnv } from "cloudflare:workers";
import { expect, vi } from "vitest";
import { RoomCoordinator } from "../coordinator.ts";
import { shardOf } from "../core/shard-of.ts";
import type { RoomEnv } from "../room-env.ts";
import { coordinatorOf, shardStubOf } from "../stub.ts";

export const env = untypedEnv as unknown as RoomEnv; // the bindings of wrangler.toml, which the test plugin provides

/** So far ahead that no alarm ever rings by itself: tests ring them. */
export const opensAt = Date.UTC(2090, 0, 1, 12);
let events = 1000;

/** What may happen to a call from a shard to its coordinator. */
export type Fate = "whole" | "request-lost" | "answer-lost" | "twice";

export interface RoomOver {
  readonly maxActive?: number;
  readonly admitPerMinute?: number;
  readonly passSeconds?: number;
  readonly graceSeconds?: number;
  readonly shards?: number;
}

/** Holds the clock of all objects ten minutes before the opening. Timers go on, so that nothing waits for ever. */
export function holdClock(): void {
  vi.useFakeTimers({ toFake: ["Date"] });
  vi.setSystemTime(opensAt - 600_000);
}

/**
 * A flagged event with its objects, and short words for what people do there.
 * @param prepare what is done to the coordinator before the event is flagged
 */
export async function openRoom(
  over: RoomOver = {},
  prepare: (coordinator: DurableObjectStub<RoomCoordinator>) => Promise<void> = async () =>
    undefined,
) {
  const event = String(events++);
  const coordinator = () => coordinatorOf(env, event); // a stub is of no use once its object was killed
  const settings = {
    event,
    generation: 1,
    shards: 4,
    opensAt,
    admitPerMinute: 600,
    maxActive: 100,
    passSeconds: 600,
    graceSeconds: 120,
    message: "",
    ...over,
  };
  const { shards } = settings;
  await prepare(coordinator());
  expect((await coordinator().configure(settings)).status).toBe("done");
  const identity = (user: string) => ({
    event,
    generation: 1,
    shards,
    shard: shardOf(user, shards),
  });
  const shard = (user: string) => shardStubOf(env, identity(user));
  const figures = async () => {
    const known = await coordinator().figures();
    if (!known) throw new Error("no figures");
    return known;
  };
  /** Everything that the shards know is with the coordinator. */
  const settled = async () => {
    vi.setSystemTime(Date.now() + 2000);
    for (let k = 0; k < shards; k++) {
      const it = { event, generation: 1, shards, shard: k };
      await shardStubOf(env, it).status(it);
    }
    return await figures();
  };
  return {
    event,
    shards,
    settings,
    get coordinator() {
      return coordinator();
    },
    identity,
    shard,
    figures,
    settled,
    status: async () => (await settled()).status,
    govern: async (command: Parameters<RoomCoordinator["govern"]>[0]) =>
      await coordinator().govern(command),
    tryJoin: async (user: string) => ({ ...(await shard(user).join(identity(user), user)) }),
    join: async (user: string): Promise<number> => {
      const answer = await shard(user).join(identity(user), user);
      if (answer.status !== "joined") throw new Error(`not joined: ${answer.status}`);
      return answer.number;
    },
    claim: async (user: string, number: number) => ({
      ...(await shard(user).claim(identity(user), user, number)),
    }),
    leave: async (user: string) => await shard(user).leave(identity(user), user),
    open: async () => {
      vi.setSystemTime(opensAt);
      await ringAlarm(coordinator());
    },
    /** Seconds pass, each with its alarm. */
    steps: async (seconds: number) => {
      for (let i = 0; i < seconds; i++) {
        vi.setSystemTime(Date.now() + 1000);
        await ringAlarm(coordinator());
      }
    },
    stock: async (available: number) =>
      await coordinator().stock({ available, held: 0, priceRange: null, at: Date.now() }),
  };
}

export type RealRoom = Awaited<ReturnType<typeof openRoom>>;

/** No shard reaches its coordinator. @returns what puts it right */
export function breakCoordinator(): () => void {
  const broken = vi
    .spyOn(RoomCoordinator.prototype, "sync")
    .mockRejectedValue(new Error("injected"));
  vi.setSystemTime(Date.now() + 2000);
  return () => broken.mockRestore();
}

/** Lets calls from shards to their coordinators get lost or arrive twice. @returns what puts it right */
export function disturbSyncs(nextFate: () => Fate): () => void {
  const { sync } = RoomCoordinator.prototype;
  const disturbed = vi.spyOn(RoomCoordinator.prototype, "sync").mockImplementation(async function (
    this: RoomCoordinator,
    request,
  ) {
    const fate = nextFate();
    if (fate === "request-lost") throw new Error("injected: the request got lost");
    const reply = await sync.call(this, request);
    if (fate === "twice") return await sync.call(this, request);
    if (fate === "answer-lost") throw new Error("injected: the answer got lost");
    return reply;
  });
  return () => disturbed.mockRestore();
}

/** Ends an object as a crash does: what is in memory is gone, calls under way fail. */
export async function kill(stub: DurableObjectStub): Promise<void> {
  await runInDurableObject(stub, (_object, state) => state.abort("killed by a test")).catch(
    () => undefined, // the very call that kills fails, too
  );
}
