import type { EndedPass, QueueControl, QueueControlAnswer } from "../../contracts/queue-control.ts";
import type { Governed, OutsideCommand } from "./coordinator.ts";
import { shardOf } from "./core/shard-of.ts";
import type { WaitingRoom } from "./open-waiting-room.ts";
import { identityOf } from "./status-copies.ts";
import { callObject, coordinatorOf, shardStubOf } from "./stub.ts";

/** @returns what came of the origin's word, or `undefined` when the room's object does not answer */
export async function controlRoom(
  room: WaitingRoom,
  control: QueueControl,
): Promise<QueueControlAnswer | undefined> {
  if (control.kind === "finish") return await finish(room, control.finished);
  const { event, generation } = control;
  const coordinator = coordinatorOf(room.env, event);
  const govern = (command: OutsideCommand) =>
    answered<Governed>(async () => await coordinator.govern(command, generation));
  switch (control.kind) {
    case "configure": {
      const { kind: _kind, ...settings } = control;
      return await answered<Governed>(async () => await coordinator.configure(settings));
    }
    case "stock": {
      const { available, held, priceRange, at } = control;
      const stock = { available, held, priceRange, at };
      const isKnown = await answered(async () => await coordinator.stock(stock, generation));
      return isKnown === undefined ? undefined : { status: isKnown ? "heard" : "no-room" };
    }
    case "pause":
    case "resume":
    case "open":
    case "close":
      return await govern({ kind: control.kind });
    case "fail-open":
      return await govern({ kind: "fail-open", until: control.until });
    case "figures": {
      const figures = await answered(async () => await coordinator.figures());
      if (figures === undefined) return undefined;
      return figures ? { status: "done", figures } : { status: "no-room" };
    }
    case "history": {
      const samples = await answered(async () => await coordinator.history());
      return samples && { status: "history", samples: [...samples] };
    }
    default:
      return control satisfies never;
  }
}

async function finish(
  { env, rooms }: WaitingRoom,
  finished: readonly { readonly event: string; readonly user: string }[],
): Promise<QueueControlAnswer | undefined> {
  const ended: EndedPass[] = [];
  for (const { event, user } of finished) {
    const room = await rooms.find(event);
    if (room === "unknown") return undefined;
    if (room === undefined) continue;
    const identity = { ...identityOf(room), shard: shardOf(user, room.shards) };
    const stub = shardStubOf(env, identity);
    const called = await callObject(async () => await stub.finish(identity, user));
    if (called.status === "failed") return undefined;
    if (!called.value) continue;
    const { number, expiresAt } = called.value;
    const { generation } = room;
    ended.push({ event, generation, number, expiresAt: Math.ceil(expiresAt / 1000) });
  }
  return { status: "finished", ended };
}

async function answered<Value>(call: () => Promise<Value>): Promise<Value | undefined> {
  const called = await callObject(call);
  return called.status === "answered" ? called.value : undefined;
}
