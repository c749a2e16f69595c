import * as z from "zod";
import { typesOf } from "./nodes.ts";
import { firstOf, manyOf, nameText, nothing, numeric, oneOf, pick, text } from "./text.ts";
import { Duration, When } from "./when.ts";

/** The parts of schema.org that an import reads. Properties that are not named here are ignored. */

const alternateNames = manyOf(nameText, 50);

const nameOfNode = z.object({ name: nameText }).transform((it) => it.name);
/** A text, or a thing of which the name counts. */
const nameOf = pick<string>((value) => (isNode(value) ? nameOfNode : nameText));

const seats = numeric.pipe(
  z.int("must be a whole number").min(1).max(1_000_000, "must be at most 1000000"),
);
const quantityOfSeats = z
  .object({ value: seats.optional(), maxValue: seats.optional() })
  .transform((it) => it.maxValue ?? it.value)
  .pipe(z.int("must have a value"));
/** A number, or a QuantitativeValue. */
const Capacity = pick<number>((value) => (isNode(value) ? quantityOfSeats : seats));

export interface Address {
  /** The whole address in one line, when the source gives it so. */
  readonly line?: string | undefined;
  readonly addressLocality?: string | undefined;
  readonly addressRegion?: string | undefined;
  readonly addressCountry?: string | undefined;
  readonly streetAddress?: string | undefined;
}
const addressLine = text(500).transform((line) => ({ line }));
const addressNode = z.object({
  addressLocality: firstOf(text(200)),
  addressRegion: firstOf(text(200)),
  addressCountry: firstOf(nameOf),
  streetAddress: firstOf(text(500)),
});
const Address = pick<Address>((value) => (typeof value === "string" ? addressLine : addressNode));

const latitude = numeric.pipe(
  z.number().min(-90, "must be -90 to 90").max(90, "must be -90 to 90"),
);
const longitude = numeric.pipe(
  z.number().min(-180, "must be -180 to 180").max(180, "must be -180 to 180"),
);
const coordinates = z.object({ latitude, longitude }, "must be GeoCoordinates");
/** Coordinates, or a shape, which says nothing that is needed here. */
const Geo = pick<z.infer<typeof coordinates> | undefined>((value) =>
  isNode(value) && !("latitude" in value) && !("longitude" in value) ? nothing : coordinates,
);

export interface Place {
  readonly name: string;
  readonly alternateName?: readonly string[];
  readonly maximumAttendeeCapacity?: number | undefined;
  readonly address?: Address | undefined;
  readonly geo?: z.infer<typeof coordinates> | undefined;
  readonly latitude?: number | undefined;
  readonly longitude?: number | undefined;
  readonly containedInPlace?: Pick<Place, "address" | "geo"> | undefined;
}
const surroundings = { address: firstOf(Address), geo: firstOf(Geo) };
const surroundingPlace = z.object(surroundings);
const placeLine = text(500)
  .refine((it) => it !== "", "must not be empty")
  .transform((line) => ({ name: line.split(",")[0]?.trim() ?? line, address: { line } }));
const placeAddress = addressNode
  .extend({ name: firstOf(nameText) })
  .transform(({ name, ...address }) => ({
    name: name ?? address.streetAddress ?? address.addressLocality ?? "Unnamed venue",
    address,
  }));
const placeNode = z.object(
  {
    name: oneOf(nameText),
    alternateName: alternateNames,
    maximumAttendeeCapacity: firstOf(Capacity),
    ...surroundings,
    latitude: latitude.optional(),
    longitude: longitude.optional(),
    containedInPlace: firstOf(
      pick<z.infer<typeof surroundingPlace> | undefined>((it) =>
        isNode(it) ? surroundingPlace : nothing,
      ),
    ),
  },
  { error: ({ input }) => (input === undefined ? "is required" : "must be a Place or text") },
);
const Place = pick<Place>((value) => {
  if (typeof value === "string") return placeLine;
  return typesOf(value).includes("PostalAddress") ? placeAddress : placeNode;
});

/** The first place on earth: an event may be online as well. */
const firstPlace = z.unknown().transform((value, ctx): Place => {
  const places = Array.isArray(value) ? value : [];
  const onEarth = places.findIndex((it) => !typesOf(it).includes("VirtualLocation"));
  const index = Math.max(onEarth, 0);
  const result = Place.safeParse(places[index]);
  if (result.success) return result.data;
  for (const { path, message } of result.error.issues) {
    ctx.issues.push({ code: "custom", path: [index, ...path], message, input: value });
  }
  return z.NEVER;
});
const Location = pick<Place>((value) => (Array.isArray(value) ? firstPlace : Place));

export interface Participant {
  readonly name: string;
  readonly team: boolean;
  readonly description?: string | undefined;
  readonly genre?: string | undefined;
  readonly alternateName: readonly string[];
}
const participantName = nameText.transform((name) => ({ name, alternateName: [] as string[] }));
const participantNode = z.object({
  name: oneOf(nameText),
  description: firstOf(text(10_000)),
  genre: firstOf(text(100)),
  alternateName: alternateNames,
});
function participants(given: { areTeams: boolean }) {
  const as = (team: boolean) => ({
    name: participantName.transform((it) => ({ ...it, team })),
    node: participantNode.transform((it) => ({ ...it, team })),
  });
  const [team, artist] = [as(true), as(false)];
  const one = pick<Participant>((value) => {
    const isTeam = given.areTeams || typesOf(value).some((it) => it.startsWith("Sports"));
    const { name, node } = isTeam ? team : artist;
    return isNode(value) ? node : name;
  });
  return manyOf(one, 50);
}

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

const identifierNumber = z.number().transform(String);
const identifierString = text(300);
const identifierText = pick<string>((value) =>
  typeof value === "number" ? identifierNumber : identifierString,
);
const identifierProperty = z
  .object({ propertyID: identifierText.optional(), value: identifierText })
  .transform((it) => (it.propertyID ? `${it.propertyID}:${it.value}` : it.value));
const Identifier = pick<string>((value) => (isNode(value) ? identifierProperty : identifierText));

const iriText = text(1_000);
/** An absolute IRI; other ids mean something within their file only. */
const iri = pick<string | undefined>((value) =>
  typeof value === "string" && /^(?:https?|urn):/i.test(value.trim()) ? iriText : nothing,
);

/** "19:00" is a time of the event's day: nothing depends on it. */
const doorTime = pick<When | undefined>((value) =>
  typeof value === "string" && /^\d{2}:\d{2}/.test(value) ? nothing : When,
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
    doorTime: firstOf(doorTime),
    duration: firstOf(Duration),
    eventStatus: manyOf(text(100), 5),
    location: Location,
    performer: participants({ areTeams: false }),
    competitor: participants({ areTeams: true }),
    homeTeam: participants({ areTeams: true }),
    awayTeam: participants({ areTeams: true }),
    organizer: participants({ areTeams: false }),
    offers: manyOf(Offer, 1_000),
    maximumAttendeeCapacity: firstOf(Capacity),
    maximumPhysicalAttendeeCapacity: firstOf(Capacity),
  },
  "must be an Event",
);
export type EventShape = z.infer<typeof EventShape>;

function isNode(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
