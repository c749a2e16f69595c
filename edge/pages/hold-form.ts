import { parseHoldRequest, type HoldRequest } from "../../contracts/bookings.ts";
import { sectionPath } from "./seats.ts";

/** What a form says: fields by name, each with all its values. */
export type FormFields = ReadonlyMap<string, readonly string[]>;

/** Reads a form's text fields; files and anything beyond the limit of fields are not for us. */
export function readFields(form: FormData): FormFields {
  const fields = new Map<string, string[]>();
  for (const [name, value] of form) {
    if (typeof value !== "string") continue;
    fields.set(name, [...(fields.get(name) ?? []), value]);
  }
  return fields;
}

/**
 * The hold that a form asks for: seats by name (`ticketIds`), or so many of the best (`quantity`, `section`,
 * `maxPrice` in minor units).
 * @returns nothing when the form names no seat and no number
 */
export function readHoldForm(fields: FormFields): HoldRequest | undefined {
  const ticketIds = fields.get("ticketIds") ?? [];
  const first = (name: string) => fields.get(name)?.[0] ?? "";
  const quantity = Number(first("quantity"));
  const section = first("section");
  const maxPrice = first("maxPrice");
  const body =
    ticketIds.length > 0
      ? { ticketIds: [...new Set(ticketIds)] }
      : {
          bestAvailable: {
            quantity,
            ...(section === "" ? {} : { section }),
            ...(maxPrice === "" ? {} : { maxPrice: Number(maxPrice) }),
          },
        };
  const parsed = parseHoldRequest(body);
  return parsed.success ? parsed.data : undefined;
}

/** Two clicks within so long on the same button are one. */
const doubleClickMs = 10_000;

/**
 * The key that makes a double click one hold. The page is the same for everybody, so it cannot carry one.
 * @param nth 0, or higher for a further try when the first answer was a hold that is already over
 */
export async function holdKey(
  hold: { readonly userId: string; readonly eventId: string; readonly request: HoldRequest },
  now: number,
  nth = 0,
): Promise<string> {
  const slot = Math.floor(now / doubleClickMs);
  const text = JSON.stringify([hold.userId, hold.eventId, hold.request, slot, nth]);
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  const hex = Array.from(new Uint8Array(digest, 0, 16), (byte) =>
    byte.toString(16).padStart(2, "0"),
  );
  return `page-${hex.join("")}`;
}

/** The page that a form came from, with the choice still in it. */
export function choiceAddress(eventId: string, fields: FormFields, queued: boolean): string {
  const from = fields.get("from")?.[0] ?? "";
  const query = new URLSearchParams({ notice: "signed-in" });
  for (const name of ["ticketIds", "quantity", "section", "maxPrice"]) {
    for (const value of (fields.get(name) ?? []).slice(0, 8))
      if (value !== "") query.append(name, value);
  }
  const page = from === "" ? (queued ? "/seats" : "") : `/s/${sectionPath(from)}`;
  return `/e/${eventId}${page}?${query}`;
}
