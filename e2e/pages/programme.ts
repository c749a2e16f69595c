import type { Api } from "../api.ts";

/** What an event of a test is made of; the rest is an ordinary evening in Graz. */
export interface EveningShape {
  readonly name: string;
  readonly text?: string;
  readonly timeZone?: string;
  readonly startsAt?: string;
  readonly endsAt?: string;
  readonly sections?: readonly SectionShape[];
}

export interface SectionShape {
  readonly name: string;
  readonly rows: number;
  readonly seatsPerRow: number;
  readonly price: { readonly amount: number; readonly currency: string };
}

const euro = (amount: number) => ({ amount, currency: "EUR" });
const dayMs = 86_400_000;

/** Three sections of 40 seats, at 45, 85 and 125 euros. */
export const hallSections: readonly SectionShape[] = [
  { name: "101", rows: 4, seatsPerRow: 10, price: euro(4500) },
  { name: "102", rows: 4, seatsPerRow: 10, price: euro(8500) },
  { name: "Balcony", rows: 4, seatsPerRow: 10, price: euro(12_500) },
];

/** 120 sections of 25 rows with 20 seats: 60,000. */
export const stadiumSections: readonly SectionShape[] = Array.from({ length: 120 }, (_, nth) => ({
  name: String((Math.floor(nth / 40) + 1) * 100 + (nth % 40) + 1),
  rows: 25,
  seatsPerRow: 20,
  price: euro([12_500, 8500, 4500][Math.floor(nth / 40)] ?? 4500),
}));

/** Makes an event through the admin API. @returns its id */
export async function makeEvening(api: Api, token: string, shape: EveningShape): Promise<string> {
  const text = shape.text ?? "";
  const create = async (path: string, body: unknown) => {
    const answer = await api<{ id: string }>("POST", path, { token, body });
    if (answer.status !== 201) throw new Error(`${path}: ${JSON.stringify(answer.body)}`);
    return answer.body.id;
  };
  const venueId = await create("/admin/venues", {
    name: text || "Stadthalle",
    city: text || "Graz",
    country: "AT",
    timeZone: shape.timeZone ?? "Europe/Vienna",
  });
  const performerId = await create("/admin/performers", {
    name: text || "Orchester der Stadt",
    description: text,
  });
  const at = (days: number) => new Date(Date.now() + days * dayMs).toISOString();
  const eventId = await create("/admin/events", {
    name: shape.name,
    description: text || "Strings under the open sky.",
    category: text.slice(0, 50) || "Concert",
    status: "published",
    startsAt: shape.startsAt ?? at(30),
    endsAt: shape.endsAt ?? at(30.1),
    onSaleAt: at(-1),
    venueId,
    performerId,
  });
  await create(`/admin/events/${eventId}/tickets`, { sections: shape.sections ?? hallSections });
  return eventId;
}
