/** The Worker as it is deployed, with every call to an object of the waiting room counted on its way in. */
import edge from "../../index.ts";
import { RoomCoordinator as Coordinator } from "../coordinator.ts";
import { RoomRegistry as Registry } from "../registry.ts";
import { RoomShard as Shard } from "../shard.ts";

export { EventView } from "../../events/event-view.ts";
export { SeatViewers } from "../../events/seat-viewers.ts";

interface Counter {
  total: number;
  second: number;
  inSecond: number;
  peakPerSecond: number;
}

/** By kind of call, and by object for the peaks. All objects of one Worker share an isolate here. */
const calls = new Map<string, number>();
const objects = new Map<string, Counter>();

function count(kind: string, object: string): void {
  calls.set(kind, (calls.get(kind) ?? 0) + 1);
  const second = Math.floor(Date.now() / 1000);
  const counter = objects.get(object) ?? { total: 0, second, inSecond: 0, peakPerSecond: 0 };
  if (counter.second !== second) Object.assign(counter, { second, inSecond: 0 });
  counter.total++;
  counter.inSecond++;
  counter.peakPerSecond = Math.max(counter.peakPerSecond, counter.inSecond);
  objects.set(object, counter);
}

export class RoomCoordinator extends Coordinator {
  override sync(...args: Parameters<Coordinator["sync"]>) {
    count("sync", "coordinator");
    return super.sync(...args);
  }
  override alarm() {
    count("coordinator alarm", "coordinator");
    return super.alarm();
  }
}

export class RoomShard extends Shard {
  override join(...args: Parameters<Shard["join"]>) {
    count("join", `shard ${args[0].shard}`);
    return super.join(...args);
  }
  override claim(...args: Parameters<Shard["claim"]>) {
    count("claim", `shard ${args[0].shard}`);
    return super.claim(...args);
  }
  override finish(...args: Parameters<Shard["finish"]>) {
    count("finish", `shard ${args[0].shard}`);
    return super.finish(...args);
  }
  override leave(...args: Parameters<Shard["leave"]>) {
    count("leave", `shard ${args[0].shard}`);
    return super.leave(...args);
  }
  override status(...args: Parameters<Shard["status"]>) {
    count("status", `shard ${args[0].shard}`);
    return super.status(...args);
  }
  override alarm() {
    count("shard alarm", "alarms of shards");
    return super.alarm();
  }
}

export class RoomRegistry extends Registry {
  override list() {
    count("registry", "registry");
    return super.list();
  }
}

export default {
  fetch(request, bindings, ctx) {
    if (new URL(request.url).pathname !== "/counts") return edge.fetch(request, bindings, ctx);
    const peaks = [...objects].map(([name, { peakPerSecond }]) => [name, peakPerSecond]);
    return Response.json({
      calls: Object.fromEntries(calls),
      peaks: Object.fromEntries(peaks),
    });
  },
} satisfies ExportedHandler<Record<string, unknown>>;
