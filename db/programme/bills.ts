import { programmePerformers, type ProgrammePerformer } from "./performers.ts";
import { createRandom, randomInt, randomOf } from "./random.ts";
import type { ProgrammeVenue } from "./venues.ts";

/** Who plays what, how often, and in what kind of room: the programme before it has dates. */
export interface Bill {
  readonly name: string;
  readonly category: string;
  /** The headliner first. */
  readonly performers: readonly ProgrammePerformer[];
  readonly rooms: readonly ProgrammeVenue["kind"][];
  /** Where it is, if it is at home. */
  readonly home: string | undefined;
  readonly popularity: number;
  /** Local time of its begin, 24 hours. */
  readonly hour: number;
  readonly lengthHours: number;
  /** Days between this one and the one before it, of the same performer; undefined begins a new series. */
  readonly gapDays: number | undefined;
}

const tours = [
  (name: string) => `${name}: World Tour`,
  (name: string) => `${name} Live`,
  (name: string) => `An Evening with ${name}`,
  (name: string) => `${name}: The Anniversary Shows`,
  (name: string) => `${name} Unplugged`,
];

const works: Readonly<Partial<Record<ProgrammePerformer["category"], readonly string[]>>> = {
  Classical: [
    "Mahler: Symphony No. 2",
    "Dvořák: From the New World",
    "Fauré: Requiem",
    "Bach: St Matthew Passion",
    "Sibelius: Violin Concerto",
  ],
  Theater: ["Hamlet", "The Tempest", "Twelfth Night", "La vida es sueño", "L'École des femmes"],
  Dance: ["Swan Lake", "The Firebird", "Lune bleue"],
};

const festivals = [
  "Lakeside Festival",
  "Nordlys Festivalen",
  "Festival de la Marée",
  "Open Air am Fluss",
  "Harvest Moon Weekender",
  "Fiesta del Sol",
];

const seed = 20_260_611;

/** All bills, in an order and with figures that are the same at every call. */
export function makeBills(): Bill[] {
  const random = createRandom(seed);
  const acts = programmePerformers.filter((it) => !isTeam(it));
  return [
    ...acts.flatMap((act) => tour(act, random)),
    ...matches(programmePerformers.filter(isTeam), random),
    ...festivals.map((name) => festival(name, acts, random)),
  ];
}

export function isTeam({ category }: ProgrammePerformer): boolean {
  return category === "Soccer" || category === "Basketball";
}

function tour(act: ProgrammePerformer, random: () => number): Bill[] {
  const { category, name, popularity } = act;
  const dates = 3 + Math.round(popularity / 28);
  const title = randomOf(random, tours)(name);
  const repertoire = works[category];
  return Array.from({ length: dates }, (_, index) => ({
    name: repertoire ? `${randomOf(random, repertoire)} – ${name}` : title,
    category,
    performers: [act],
    rooms: roomsFor(act),
    home: undefined,
    popularity,
    hour: category === "Theater" && index % 3 === 0 ? 15 : randomOf(random, [19, 20, 20, 21]),
    lengthHours: category === "Comedy" ? 2 : 2.5,
    gapDays: index === 0 ? undefined : randomInt(random, 2, 6),
  }));
}

function roomsFor({ category, popularity }: ProgrammePerformer): ProgrammeVenue["kind"][] {
  if (category === "Classical") return ["hall"];
  if (category === "Theater") return ["theatre"];
  if (category === "Dance") return ["theatre", "arena"];
  if (popularity >= 86) return ["arena", "stadium", "arena"];
  if (popularity >= 64) return ["arena", "hall"];
  return popularity >= 40 ? ["hall", "club", "theatre"] : ["club"];
}

/** Every team receives every other one of its sport. */
function matches(teams: readonly ProgrammePerformer[], random: () => number): Bill[] {
  return teams.flatMap((home) =>
    teams
      .filter((away) => away !== home && away.category === home.category)
      .map((away, index) => ({
        name: `${home.name} vs ${away.name}`,
        category: home.category,
        performers: [home, away],
        rooms: [],
        home: home.home,
        popularity: Math.round((home.popularity + away.popularity) / 2),
        hour: randomOf(random, [15, 18, 20]),
        lengthHours: 2,
        gapDays: index === 0 ? undefined : randomInt(random, 12, 24),
      })),
  );
}

function festival(name: string, acts: readonly ProgrammePerformer[], random: () => number): Bill {
  const bands = acts.filter(({ category }) => category === "Music");
  const chosen = new Set<ProgrammePerformer>();
  while (chosen.size < 7) chosen.add(randomOf(random, bands));
  const performers = [...chosen].sort((a, b) => b.popularity - a.popularity);
  return {
    name,
    category: "Festival",
    performers,
    rooms: ["stadium"],
    home: undefined,
    popularity: performers[0]?.popularity ?? 0,
    hour: 13,
    lengthHours: 10,
    gapDays: undefined,
  };
}
