import { integer, jsonb, pgTable, primaryKey, text } from "drizzle-orm/pg-core";
import { instant, rowId } from "./columns.ts";

/** A seat of a venue, and where it stands, in units of the imported file. */
export interface PlacedSeat {
  readonly section: string;
  readonly row: string;
  readonly seat: string;
  readonly x: number;
  readonly y: number;
  readonly category: string;
  readonly guid: string;
}

export const venuePlans = pgTable(
  "venue_plans",
  {
    venueId: rowId("venue_id").notNull(),
    version: integer("version").notNull(),
    name: text("name").notNull(),
    seats: jsonb("seats").$type<readonly PlacedSeat[]>().notNull(),
    createdBy: text("created_by").notNull(),
    createdAt: instant("created_at").notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.venueId, table.version] })],
);
