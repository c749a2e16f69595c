import type { EventFacts } from "./deps.ts";
import { fractionDigits } from "./format.ts";

/** What an event costs: lowest and highest price of what is left, in minor units, and how many seats are free. */
export interface Offers {
  readonly min: number;
  readonly max: number;
  readonly currency: string;
  readonly free: number;
}

/**
 * What search engines read about an event, as schema.org JSON-LD.
 * `<` is escaped, since the text lands inside a `<script>` that a name could otherwise end.
 * @param offers lowest and highest price and whether anything is free, where known
 */
export function eventJsonLd(
  { event, venue, performers, performer }: EventFacts,
  url: string,
  offers?: Offers,
): string {
  const amount = (minor: number, currency: string) =>
    (minor / 10 ** fractionDigits(currency)).toFixed(fractionDigits(currency));
  const cancelled = event.status === "cancelled";
  const data = {
    "@context": "https://schema.org",
    "@type": "Event",
    identifier: event.id,
    name: event.name,
    ...(event.description === "" ? {} : { description: event.description }),
    startDate: event.startsAt,
    endDate: event.endsAt,
    eventStatus: `https://schema.org/${cancelled ? "EventCancelled" : "EventScheduled"}`,
    eventAttendanceMode: "https://schema.org/OfflineEventAttendanceMode",
    url,
    location: {
      "@type": "Place",
      name: venue.name,
      address: {
        "@type": "PostalAddress",
        addressLocality: venue.city,
        addressCountry: venue.country,
      },
      ...(venue.latitude === null || venue.longitude === null
        ? {}
        : {
            geo: {
              "@type": "GeoCoordinates",
              latitude: venue.latitude,
              longitude: venue.longitude,
            },
          }),
    },
    performer: (performers.length === 0 ? [performer] : performers).map(({ name }) => ({
      "@type": "PerformingGroup",
      name,
    })),
    ...(offers === undefined
      ? {}
      : {
          offers: {
            "@type": "AggregateOffer",
            url,
            lowPrice: amount(offers.min, offers.currency),
            highPrice: amount(offers.max, offers.currency),
            priceCurrency: offers.currency,
            validFrom: event.onSaleAt,
            availability: `https://schema.org/${offers.free > 0 && !cancelled ? "InStock" : "SoldOut"}`,
          },
        }),
  };
  return JSON.stringify(data).replaceAll("<", "\\u003c");
}
