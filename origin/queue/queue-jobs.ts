import * as z from "zod";
import type { Deps } from "../deps.ts";
import type { Deliver } from "../outbox/deliver.ts";
import { batchMax, dispatch } from "../outbox/dispatch.ts";
import { repeat } from "../repeat.ts";
import { endPasses } from "./ended-passes.ts";
import { readQueues, toWanted } from "./queue-row.ts";
import { readStock } from "./read-stock.ts";
import { tellRoom } from "./tell-room.ts";

/** How often rooms hear of the stock, and of bookings that are done, in milliseconds. */
const stockPauseMs = 2_000;
const donePauseMs = 250;

type QueueJobDeps = Pick<
  Deps,
  "db" | "redis" | "edgeUrl" | "signingKeys" | "now" | "logger" | "stopping"
>;

/** What rooms are told beside the requests, by every origin process; older news is dropped there. */
export async function runQueueJobs(deps: QueueJobDeps): Promise<void> {
  const deliveries = { queue: tellDone(deps) };
  await Promise.all([
    repeat(deps, "stock", stockPauseMs, async () => {
      await tellStock(deps);
      return false;
    }),
    repeat(deps, "queue outbox", donePauseMs, async () => {
      const { delivered, failed, error } = await dispatch(deps.db, deliveries, "queue");
      if (failed > 0) deps.logger.warn({ err: error, failed }, "rooms were not told of bookings");
      return delivered === batchMax;
    }),
  ]);
}

/** A room that is not as it shall be is told so: that is how one comes back that the edge has never heard of. */
export async function tellStock(deps: QueueJobDeps): Promise<void> {
  for (const row of await readQueues(deps.db)) {
    const { event, generation } = row;
    const stock = await readStock(deps.db, event);
    const heard = await tellRoom(deps, {
      kind: "stock",
      event,
      generation,
      ...stock,
      at: deps.now(),
    });
    if (heard.status === "no-room") await tellRoom(deps, toWanted(row));
  }
}

const DoneMessage = z.object({ event: z.string(), user: z.string() });

/** The slot is freed first, then the rest of the pass is void; a message that is lost leaves both to the pass's end. */
function tellDone(deps: QueueJobDeps): Deliver {
  return async (messages) => {
    const finished = messages.map(({ payload }) => DoneMessage.parse(payload));
    const answer = await tellRoom(deps, { kind: "finish", finished });
    if (answer.status !== "finished") throw new Error(`a room answered ${answer.status}`);
    await endPasses(deps.redis, answer.ended, deps.now() / 1000);
  };
}
