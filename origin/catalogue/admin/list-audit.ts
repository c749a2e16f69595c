import { desc } from "drizzle-orm";
import type { AuditRecord } from "../../../contracts/admin.ts";
import type { PageQuery } from "../../../contracts/bookings.ts";
import { auditLog } from "../../../db/schema/bookings.ts";
import type { Deps } from "../../deps.ts";

/** Reads what was done, latest first. */
export async function listAudit(
  { db }: Pick<Deps, "db">,
  { page, pageSize }: PageQuery,
): Promise<{ records: AuditRecord[]; page: number; pageSize: number; total: number }> {
  const [rows, total] = await Promise.all([
    db
      .select()
      .from(auditLog)
      .orderBy(desc(auditLog.id))
      .limit(pageSize)
      .offset((page - 1) * pageSize),
    db.$count(auditLog),
  ]);
  const records = rows.map((row) => ({ ...row, id: String(row.id), at: row.at.toISOString() }));
  return { records, page, pageSize, total };
}
