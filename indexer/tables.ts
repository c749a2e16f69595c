import type { Relation, Value, Wanted } from "./pgoutput.ts";

/** The published tables, with the columns that a search document is made of. */
export const usedColumns = {
  events: [
    "id",
    "venue_id",
    "performer_id",
    "name",
    "description",
    "category",
    "status",
    "starts_at",
    "ends_at",
    "on_sale_at",
    "queue_enabled",
    "popularity",
    "version",
  ],
  venues: ["id", "name", "city", "country", "time_zone", "alternate_names"],
  performers: ["id", "name", "alternate_names"],
  event_performers: ["event_id", "performer_id", "position"],
  tickets: ["id", "event_id", "status", "price", "currency"],
} as const;

export type Table = keyof typeof usedColumns;

export const tables = Object.keys(usedColumns) as Table[];

/** The columns whose values are read from the stream, the key of what becomes dirty first. */
const readColumns: Record<Table, readonly string[]> = {
  events: ["id"],
  venues: usedColumns.venues,
  performers: usedColumns.performers,
  event_performers: ["event_id"],
  tickets: ["event_id"],
};

export interface TablePlan {
  readonly table: Table;
  readonly wanted: Wanted;
}

export type PlanResult =
  | { status: "planned"; plan: TablePlan }
  | { status: "foreign" }
  | { status: "missing-columns"; table: Table; columns: string[] };

/** Decides what to read of a relation; Postgres sends it again after its definition changed. */
export function planRelation(relation: Relation): PlanResult {
  const table = tables.find((name) => name === relation.table);
  if (!table || relation.schema !== "public") return { status: "foreign" };
  const missing = usedColumns[table].filter((column) => !relation.columns.includes(column));
  if (missing.length > 0) return { status: "missing-columns", table, columns: missing };
  const wanted = Int8Array.from(relation.columns, (column) => readColumns[table].indexOf(column));
  return { status: "planned", plan: { table, wanted } };
}

/** What a venue or performer contributes to documents, to tell a change of it from one of its other columns. */
export function contributionOf(values: readonly Value[]): string {
  return JSON.stringify(values.map((value) => (value === undefined ? { unchanged: true } : value)));
}
