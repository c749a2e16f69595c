import * as z from "zod";
import { EventId } from "./ids.ts";
import { Currency } from "./money.ts";
import { QueueFigures, QueueSample } from "./queue.ts";

/** Where the edge takes the origin's word about waiting rooms: a signed POST. */
export const queueControlPath = "/internal/queue";

/** Where the origin is told of passes that ended before their time: a signed POST. */
export const endedPassesPath = "/internal/queue/ended";

const room = { event: EventId, generation: z.int().min(1) };

/** A room as it shall be. Saying it again changes nothing; a higher generation starts the room over. */
export const RoomWanted = z.strictObject({
  kind: z.literal("configure"),
  ...room,
  /** Unix milliseconds, whole seconds. */
  opensAt: z.int(),
  admitPerMinute: z.int().min(1),
  maxActive: z.int().min(1),
  passSeconds: z.int().min(1),
  graceSeconds: z.int().min(1),
  message: z.string(),
  shards: z.int().min(1),
});
export type RoomWanted = z.infer<typeof RoomWanted>;

const StockNews = z.strictObject({
  kind: z.literal("stock"),
  ...room,
  available: z.int().min(0),
  held: z.int().min(0),
  priceRange: z.object({ min: z.int(), max: z.int(), currency: Currency }).nullable(),
  /** Unix milliseconds. */
  at: z.int(),
});

/** Bookings of these users are done: their places in the shop are free. */
const Finished = z.strictObject({
  kind: z.literal("finish"),
  finished: z.array(z.strictObject({ event: EventId, user: z.string() })).max(500),
});

export const QueueControl = z.discriminatedUnion("kind", [
  RoomWanted,
  StockNews,
  Finished,
  z.strictObject({ kind: z.enum(["pause", "resume", "open", "close"]), ...room }),
  z.strictObject({ kind: z.literal("fail-open"), ...room, until: z.int() }),
  z.strictObject({ kind: z.enum(["figures", "history"]), ...room }),
]);
export type QueueControl = z.infer<typeof QueueControl>;

/** A pass that counts no more although its time is not over. Unix seconds. */
export const EndedPass = z.object({
  event: EventId,
  generation: z.int(),
  number: z.int(),
  expiresAt: z.int(),
});
export type EndedPass = z.infer<typeof EndedPass>;

export const EndedPasses = z.strictObject({ ended: z.array(EndedPass).max(500) });

export const QueueControlAnswer = z.discriminatedUnion("status", [
  z.object({ status: z.literal("done"), figures: QueueFigures }),
  z.object({ status: z.literal("refused"), reason: z.string() }),
  z.object({ status: z.literal("no-room") }),
  z.object({ status: z.literal("heard") }),
  z.object({ status: z.literal("finished"), ended: z.array(EndedPass) }),
  z.object({ status: z.literal("history"), samples: z.array(QueueSample) }),
]);
export type QueueControlAnswer = z.infer<typeof QueueControlAnswer>;
