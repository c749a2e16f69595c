import { bigint, timestamp } from "drizzle-orm/pg-core";

/** A 64-bit id. Strings everywhere in the program, because JSON numbers would be rounded. */
export const rowId = (name: string) => bigint(name, { mode: "bigint" });

/** A generated primary key. */
export const identityId = () => rowId("id").primaryKey().generatedAlwaysAsIdentity();

/** Money in minor units; within 2^53 by the contracts. */
export const minorUnits = (name: string) => bigint(name, { mode: "number" });

/** Microseconds are lost in a `Date`; nothing here compares two of them for equality. */
export const instant = (name: string) => timestamp(name, { withTimezone: true, mode: "date" });
