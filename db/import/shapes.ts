import * as z from "zod";
import { typesOf } from "./nodes.ts";
import { firstOf, manyOf, nameText, numeric, oneOf, pick, text } from "./text.ts";
import { Duration, When } from "./when.ts";

/** The parts of schema.org that an import reads. Properties that are not named here are ignored. */

const anything = z.unknown().transform(() => undefined);
const alternateNames = manyOf(nameText, 50);

/** A text, or a thing of which the name counts. */
const nameOf = pick<string>((value) =>
  isNode(value) ? z.object({ name: nameText }).transform((it) => it.name) : nameText,
);

const seats = numeric.pipe(
  z.int("must be a whole number").min(1).max(1_000_000, "must be at most 1000000"),
);

/** A number, or a QuantitativeValue. */
const Capacity = pick<number>((value) =>
  isNode(value)
    ? z
        .object({ value: seats.optional(), maxValue: seats.optional() })
        .transform((it) => it.maxValue ?? it.value)
        .pipe(z.int("must have a value"))
    : seats,
);

const Address = pick((value): z.ZodType<Address> => {
  if (typeof value === "string") return text(500).transform((line) => ({ line }));
  return z.object({
    addressLocality: firstOf(text(200)),
    addressRegion: firstOf(text(200)),
    addressCountry: firstOf(nameOf),
    streetAddress: firstOf(text(500)),
  });
});
export interface Address {
  /** The whole address in one line, when the source gives it so. */
  readonly line?: string | undefined;
  readonly addressLocality?: string | undefined;
  readonly addressRegion?: string | undefined;
  readonly addressCountry?: string | undefined;
  readonly streetAddress?: string | undefined;
}

const latitude = numeric.pipe(
  z.number().min(-90, "must be -90 to 90").max(90, "must be -90 to 90"),
);
const longitude = numeric.pipe(
  z.number().min(-180, "must be -180 to 180").max(180, "must be -180 to 180"),
);

/** Coordinates, or a shape, which says nothing that is needed here. */
const Geo = pick<{ latitude: number; longitude: number } | undefined>((value) =>
  isNode(value) && !("latitude" in value) && !("longitude" in value)
    ? anything
    : z.object({ latitude, longitude }, "must be GeoCoordinates"),
);

const surroundings = { address: firstOf(Address), geo: firstOf(Geo) };

export const Place = pick((value): z.ZodType<Place> => {
  if (typeof value === "string") {
    return text(500)
      .refine((it) => it !== "", "must not be empty")
      .transform((line) => ({ name: line.split(",")[0]?.trim() ?? line, address: { line } }));
  }
  if (typesOf(value).includes("PostalAddress")) {
    return Address.transform((address) => ({ name: nameOfAddress(value, address), address }));
  }
  return z.object(
    {
      name: oneOf(nameText),
      alternateName: alternateNames,
      maximumAttendeeCapacity: firstOf(Capacity),
      ...surroundings,
      latitude: latitude.optional(),
      longitude: longitude.optional(),
      containedInPlace: firstOf(pick((it) => (isNode(it) ? z.object(surroundings) : anything))),
    },
    { error: ({ input }) => (input === undefined ? "is required" : "must be a Place or text") },
  );
});
export interface Place {
  readonly name: string;
  readonly alternateName?: readonly string[];
  readonly maximumAttendeeCapacity?: number | undefined;
  readonly address?: Address | undefined;
  readonly geo?: { latitude: number; longitude: number } | undefined;
  readonly latitude?: number | undefined;
  readonly longitude?: number | undefined;
  readonly containedInPlace?: Pick<Place, "address" | "geo"> | undefined;
}

function nameOfAddress(value: unknown, address: Address): string {
  const given = isNode(value) ? nameText.safeParse(value["name"]).data : undefined;
  return given ?? address.streetAddress ?? address.addressLocality ?? "Unnamed venue";
}

/** The first place on earth: an event may be online as well. */
const Location = pick<Place>((value) => {
  if (!Array.isArray(value)) return Place;
  const onEarth = value.findIndex((it) => !typesOf(it).includes("VirtualLocation"));
  return z.unknown().transform((_, ctx): Place => {
    const result = Place.safeParse(value[Math.max(onEarth, 0)]);
    if (result.success) return result.data;
    for (const issue of result.error.issues) {
      const path = [Math.max(onEarth, 0), ...issue.path];
      ctx.issues.push({ code: "custom", path, message: issue.message, input: value });
    }
    return z.NEVER;
  });
});

export interface Participant {
  readonly name: string;
  readonly team: boolean;
  readonly description?: string | undefined;
  readonly genre?: string | undefined;
  readonly alternateName: readonly string[];
}
const Participant = (isTeam: boolean) =>
  pick((value): z.ZodType<Participant> => {
    const team = isTeam || typesOf(value).some((it) => it.startsWith("Sports"));
    if (!isNode(value)) return nameText.transform((name) => ({ name, team, alternateName: [] }));
    return z
      .object({
        name: oneOf(nameText),
        description: firstOf(text(10_000)),
        genre: firstOf(text(100)),
        alternateName: alternateNames,
      })
      .transform((it) => ({ ...it, team }));
  });

const price = numeric.pipe(
  z.number().min(0, "must not be negative").max(1_000_000_000, "must be at most 1000000000"),
);
const currency = text(3).pipe(z.string().regex(/^[A-Z]{3}$/, "must be an ISO 4217 code"));

export const Offer = z.object(
  {
    price: firstOf(price),
    lowPrice: firstOf(price),
    highPrice: firstOf(price),
    priceCurrency: firstOf(currency),
    validFrom: firstOf(When),
    availabilityStarts: firstOf(When),
  },
  "must be an Offer",
);
export type Offer = z.infer<typeof Offer>;

const identifierText = pick<string>((value) =>
  typeof value === "number" ? z.number().transform(String) : text(300),
);
const Identifier = pick<string>((value) =>
  isNode(value)
    ? z
        .object({ propertyID: identifierText.optional(), value: identifierText })
        .transform((it) => (it.propertyID ? `${it.propertyID}:${it.value}` : it.value))
    : identifierText,
);

/** An absolute IRI; other ids mean something within their file only. */
const iri = pick<string | undefined>((value) =>
  typeof value === "string" && /^(?:https?|urn):/i.test(value.trim()) ? text(1_000) : anything,
);

export const EventShape = z.object(
  {
    "@id": iri.optional(),
    url: firstOf(iri),
    identifier: firstOf(Identifier),
    name: oneOf(nameText),
    description: firstOf(text(10_000)),
    sport: firstOf(nameOf),
    genre: firstOf(text(100)),
    startDate: oneOf(When),
    endDate: firstOf(When),
    doorTime: firstOf(pick<When | undefined>((it) => (isTimeOfDay(it) ? anything : When))),
    duration: firstOf(Duration),
    eventStatus: manyOf(text(100), 5),
    location: Location,
    performer: manyOf(Participant(false), 50),
    competitor: manyOf(Participant(true), 50),
    homeTeam: manyOf(Participant(true), 50),
    awayTeam: manyOf(Participant(true), 50),
    organizer: manyOf(Participant(false), 50),
    offers: manyOf(Offer, 1_000),
    maximumAttendeeCapacity: firstOf(Capacity),
    maximumPhysicalAttendeeCapacity: firstOf(Capacity),
  },
  "must be an Event",
);
export type EventShape = z.infer<typeof EventShape>;

/** "19:00": the day is the event's. Nothing depends on it. */
function isTimeOfDay(value: unknown): boolean {
  return typeof value === "string" && /^\d{2}:\d{2}/.test(value);
}

function isNode(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
