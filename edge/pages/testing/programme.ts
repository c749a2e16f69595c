import type { Ticket } from "../../../contracts/events.ts";
import type { EventFacts } from "../deps.ts";

/** An evening in Mexico City, whose texts may be replaced. */
export function eveningFacts(texts: { name?: string; text?: string } = {}): EventFacts {
  const { name = "Quinta Noche", text } = texts;
  const performer = {
    id: "3",
    name: text ?? "Orquesta del Valle",
    description: text ?? "",
    genre: "",
    alternateNames: [],
  };
  return {
    event: {
      id: "1",
      name,
      description: text ?? "An evening of strings under the open sky.\nDoors at 18:00.",
      category: text ?? "Concert",
      status: "published",
      startsAt: "2026-07-04T01:00:00Z",
      endsAt: "2026-07-04T04:00:00Z",
      timeZone: "America/Mexico_City",
      onSaleAt: "2026-05-01T10:00:00Z",
      venueId: "7",
      performerId: "3",
      version: 4,
      admission: "open",
    },
    venue: {
      id: "7",
      name: text ?? "Auditorio Nacional",
      city: text ?? "Mexico City",
      country: "MX",
      latitude: 19.42,
      longitude: -99.19,
      timeZone: "America/Mexico_City",
      capacity: 120,
      alternateNames: [],
    },
    performer,
    performers: [performer],
  };
}

/** Sections with rows A… and seats 1…, at 45, 85 and 125 euros in turn. */
export function eveningTickets(
  sections: readonly string[] = ["101", "102", "Floor"],
  rows = 4,
  seats = 10,
): Ticket[] {
  const prices = [4500, 8500, 12_500];
  return sections.flatMap((section, nth) =>
    Array.from({ length: rows * seats }, (_, index) => ({
      id: String(nth * rows * seats + index + 1),
      section,
      row: String.fromCharCode(65 + Math.floor(index / seats)),
      seat: String((index % seats) + 1),
      price: { amount: prices[nth % prices.length] ?? 4500, currency: "EUR" },
      status: "available" as const,
    })),
  );
}
