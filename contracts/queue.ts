import * as z from "zod";
import { EventId } from "./ids.ts";
import { Currency } from "./money.ts";
import { Timestamp } from "./time.ts";

export const QueuePhase = z
  .enum(["pre", "open", "paused", "closed", "sold-out"])
  .meta({ id: "QueuePhase" });
export type QueuePhase = z.infer<typeof QueuePhase>;

const hex32 = z.string().regex(/^[0-9a-f]{64}$/, "must be 32 bytes in lower-case hex");
const position = z.int().min(0);

/** The public randomness that is mixed into the draw, so that not even an insider can choose its outcome. */
export const QueueBeacon = z
  .object({
    source: z.string().describe("where anybody can look the round up"),
    round: z.int().min(1).describe("the first round that is published at or after opensAt"),
    randomness: z
      .string()
      .regex(/^(?:[0-9a-f]{2})+$/)
      .nullable()
      .describe("hex, null until the round is out or when it could not be had"),
  })
  .meta({ id: "QueueBeacon" });
export type QueueBeacon = z.infer<typeof QueueBeacon>;

/** One document for everybody in a waiting room; a visitor's own place follows from it and from the number. */
export const QueueStatus = z
  .object({
    event: EventId,
    generation: z.int().min(1).describe("grows by one at a reset, which voids all places"),
    phase: QueuePhase,
    opensAt: z.string().describe("whole seconds, as the draw hashes it"),
    now: z.string().describe("when this was true"),
    commitment: hex32.describe("SHA-256 of the secret, published before anybody can join"),
    beacon: QueueBeacon.nullable().describe("null: no beacon is configured"),
    secret: hex32.optional().describe("revealed at the opening"),
    seed: hex32.optional(),
    lotterySize: z.int().min(0).optional().describe("numbers below it were drawn by lot"),
    serving: position.describe("positions below it may claim"),
    expiredBelow: position.describe("positions below it have passed their time to claim"),
    ratePerMinute: z.number().min(0).describe("positions that come up per minute, as measured"),
    waiting: z.int().min(0),
    message: z.string(),
    pollMinSeconds: z.int().min(1),
    pollMaxSeconds: z.int().min(1),
    seatsLeft: z.int().min(0).nullable().describe("null: not known"),
    priceRange: z
      .object({ min: z.int(), max: z.int(), currency: Currency })
      .nullable()
      .describe("of the seats left, in minor units"),
    likelyBelow: position.nullable().describe("positions below it will probably get a ticket"),
    failOpenUntil: z.string().nullable().describe("until then everybody is let through"),
  })
  .meta({ id: "QueueStatus" });
export type QueueStatus = z.infer<typeof QueueStatus>;

export const QueueJoined = z
  .object({ queueTicket: z.string(), number: z.int().min(0), phase: QueuePhase })
  .meta({ id: "QueueJoined" });
export type QueueJoined = z.infer<typeof QueueJoined>;

export const QueueAdmitted = z
  .object({ admissionPass: z.string(), expiresAt: z.string() })
  .meta({ id: "QueueAdmitted" });
export type QueueAdmitted = z.infer<typeof QueueAdmitted>;

/** How many objects share the joins: 4 is plenty for most, 128 for ten million, 512 if all come within a minute. */
export const queueShards = { default: 4, max: 512 } as const;

const flagged = z.strictObject({
  enabled: z.literal(true),
  opensAt: Timestamp,
  admitPerMinute: z.int().min(1).max(600_000),
  maxActive: z.int().min(1).max(1_000_000),
  passSeconds: z.int().min(60).max(3600).default(600),
  graceSeconds: z.int().min(30).max(900).default(120),
  message: z.string().trim().max(500).default(""),
  shards: z.int().min(1).max(queueShards.max).default(queueShards.default),
});

/** Body of `PUT /admin/events/:id/queue`. That the opening lies ahead is checked against the origin's clock. */
export const QueueSettings = z
  .discriminatedUnion("enabled", [flagged, z.strictObject({ enabled: z.literal(false) })])
  .meta({ id: "QueueSettings" });
export type QueueSettings = z.infer<typeof QueueSettings>;

export const QueueFlagged = flagged;
export type QueueFlagged = z.infer<typeof flagged>;

/** What an administrator sees of a room, beside the public status. */
export const QueueFigures = z
  .object({
    status: QueueStatus,
    joins: z.int(),
    left: z.int(),
    claims: z.int(),
    active: z.int(),
    maxActive: z.int(),
    admitPerMinute: z.int(),
    passSeconds: z.int(),
    graceSeconds: z.int(),
    noShowShare: z.number(),
    shards: z.int(),
  })
  .meta({ id: "QueueFigures" });
export type QueueFigures = z.infer<typeof QueueFigures>;

/** One point of a room's curves. */
export const QueueSample = z
  .object({
    at: z.string(),
    phase: QueuePhase,
    joins: z.int(),
    waiting: z.int(),
    serving: z.int(),
    claims: z.int(),
    active: z.int(),
    seatsLeft: z.int().nullable(),
  })
  .meta({ id: "QueueSample" });
export type QueueSample = z.infer<typeof QueueSample>;
