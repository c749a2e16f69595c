import * as z from "zod";
import { EventStatus } from "./events.ts";
import { PerformerId, VenueId } from "./ids.ts";
import { Money } from "./money.ts";
import { TimeZone, Timestamp } from "./time.ts";

const name = z.string().trim().min(1).max(200);
const text = z.string().max(10_000);
const alternateNames = z.array(name).max(50);

export const VenueInput = z
  .strictObject({
    name,
    city: name,
    country: z.string().regex(/^[A-Z]{2}$/, "must be an ISO 3166-1 alpha-2 code such as MX"),
    latitude: z.number().min(-90).max(90).nullable().default(null),
    longitude: z.number().min(-180).max(180).nullable().default(null),
    timeZone: TimeZone,
    capacity: z.int().min(0).max(1_000_000).nullable().default(null),
    alternateNames: alternateNames.default([]),
  })
  .meta({ id: "VenueInput" });
export type VenueInput = z.infer<typeof VenueInput>;

export const PerformerInput = z
  .strictObject({
    name,
    description: text.default(""),
    genre: z.string().max(100).default(""),
    alternateNames: alternateNames.default([]),
  })
  .meta({ id: "PerformerInput" });
export type PerformerInput = z.infer<typeof PerformerInput>;

const eventFields = z.strictObject({
  name,
  description: text.default(""),
  category: z.string().trim().max(100).default(""),
  status: EventStatus.exclude(["cancelled"]).default("draft"),
  startsAt: Timestamp,
  endsAt: Timestamp,
  onSaleAt: Timestamp,
  venueId: VenueId,
  performerId: PerformerId,
  performerIds: z.array(PerformerId).max(50).optional().describe("further performers, in order"),
  ticketLimit: z.int().min(1).max(100).optional(),
});

export const EventInput = eventFields
  .refine((event) => Date.parse(event.startsAt) < Date.parse(event.endsAt), {
    path: ["endsAt"],
    message: "must be after startsAt",
  })
  .meta({ id: "EventInput" });
export type EventInput = z.infer<typeof EventInput>;

export const VenuePatch = withoutDefaults(VenueInput).meta({ id: "VenuePatch" });
export type VenuePatch = z.infer<typeof VenuePatch>;
export const PerformerPatch = withoutDefaults(PerformerInput).meta({ id: "PerformerPatch" });
export type PerformerPatch = z.infer<typeof PerformerPatch>;
export const EventPatch = withoutDefaults(eventFields).meta({ id: "EventPatch" });
export type EventPatch = z.infer<typeof EventPatch>;

export const TicketsInput = z
  .strictObject({
    sections: z
      .array(
        z.strictObject({
          name: z.string().trim().min(1).max(50),
          rows: z.int().min(1).max(500),
          seatsPerRow: z.int().min(1).max(1000),
          price: Money,
        }),
      )
      .min(1)
      .max(500),
  })
  .refine((input) => seats(input.sections) <= 200_000, {
    path: ["sections"],
    message: "must not make more than 200000 tickets at once",
  })
  .refine((input) => new Set(input.sections.map((it) => it.price.currency)).size === 1, {
    path: ["sections"],
    message: "must all have the same currency",
  })
  .refine((input) => new Set(input.sections.map((it) => it.name)).size === input.sections.length, {
    path: ["sections"],
    message: "must not name a section twice",
  })
  .meta({ id: "TicketsInput" });
export type TicketsInput = z.infer<typeof TicketsInput>;

export const AuditRecord = z
  .object({
    id: z.string(),
    at: z.string(),
    actor: z.string(),
    action: z.string(),
    entity: z.string(),
    entityId: z.string(),
    requestId: z.string().nullable(),
    detail: z.record(z.string(), z.unknown()),
  })
  .meta({ id: "AuditRecord" });
export type AuditRecord = z.infer<typeof AuditRecord>;

function seats(sections: readonly { rows: number; seatsPerRow: number }[]): number {
  return sections.reduce((sum, section) => sum + section.rows * section.seatsPerRow, 0);
}

/** A patch names only what changes: no field may come back by its default. */
function withoutDefaults<Shape extends z.core.$ZodLooseShape>(
  schema: z.ZodObject<Shape, z.core.$strict>,
) {
  const bare = Object.fromEntries(
    Object.entries(schema.shape).map(([key, field]) => [
      key,
      field instanceof z.ZodDefault ? field.unwrap() : field,
    ]),
  ) as { [Key in keyof Shape]: Shape[Key] extends z.ZodDefault<infer Inner> ? Inner : Shape[Key] };
  return z
    .strictObject(bare)
    .partial()
    .refine((patch) => Object.keys(patch).length > 0, "must change at least one field");
}
