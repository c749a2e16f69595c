import type { QueuePhase } from "../../contracts/queue.ts";
import { shardOf } from "./core/shard-of.ts";
import type { WaitingRoom } from "./open-waiting-room.ts";
import { busy, noRoom } from "./refusals.ts";
import { identityOf } from "./status-copies.ts";
import { callObject, shardStubOf } from "./stub.ts";

export interface Joined {
  readonly place: {
    readonly event: string;
    readonly generation: number;
    readonly shard: number;
    readonly number: number;
  };
  readonly phase: QueuePhase;
  /** False when the place was there before. */
  readonly created: boolean;
}

export interface JoinRequest {
  readonly event: string;
  readonly user: string;
  /** Probably a program: placed behind those who wait when its turn comes, and told nothing. */
  readonly isSuspected: boolean;
}

/**
 * Gives a user a place in the event's queue: one a person, whatever they try.
 * @throws EdgeProblem `not-found` for an event without a room; `service-unavailable`
 */
export async function joinRoom(
  { env, rooms }: WaitingRoom,
  { event, user, isSuspected }: JoinRequest,
): Promise<Joined> {
  // The second look is past all caches: the room may have been started over a moment ago.
  for (const find of [rooms.find, rooms.findNow]) {
    const room = await find(event);
    if (room === undefined) continue;
    if (room === "unknown") throw busy();
    const identity = { ...identityOf(room), shard: shardOf(user, room.shards) };
    const stub = shardStubOf(env, identity);
    const called = await callObject(async () => await stub.join(identity, user, isSuspected));
    if (called.status === "failed") throw busy();
    const answer = called.value;
    switch (answer.status) {
      case "joined": {
        const { number, phase, created } = answer;
        const { generation, shard } = identity;
        return { place: { event, generation, shard, number }, phase, created };
      }
      case "unavailable":
        throw busy();
      case "closed":
      case "no-room":
        continue;
      default:
        return answer satisfies never;
    }
  }
  throw noRoom();
}
