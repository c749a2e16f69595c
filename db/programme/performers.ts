/** Somebody of the built-in programme: known names and made-up ones that are hard to search for. */
export interface ProgrammePerformer {
  readonly name: string;
  /** Of its events. */
  readonly category:
    | "Music"
    | "Classical"
    | "Theater"
    | "Comedy"
    | "Dance"
    | "Soccer"
    | "Basketball";
  readonly genre: string;
  /** 0–100: how many people look for it; also how large the rooms are. */
  readonly popularity: number;
  readonly alternateNames: readonly string[];
  /** A team's own venue. */
  readonly home: string | undefined;
}

type Row = readonly [name: string, genre: string, popularity: number, ...alternateNames: string[]];

const byCategory: Readonly<Record<ProgrammePerformer["category"], readonly Row[]>> = {
  Music: [
    ["Taylor Swift", "Pop", 100],
    ["Beyoncé", "R&B", 98, "Queen Bey"],
    ["AC/DC", "Hard Rock", 94, "ACDC"],
    ["Queens of the Stone Age", "Rock", 80],
    ["Red Hot Chili Peppers", "Funk Rock", 90],
    ["Foo Fighters", "Rock", 88],
    ["P!nk", "Pop", 86, "Pink"],
    ["Twenty One Pilots", "Alternative", 82, "21 Pilots"],
    ["blink-182", "Punk", 78],
    ["Guns N' Roses", "Hard Rock", 87, "Guns and Roses", "GNR"],
    ["Rage Against the Machine", "Rap Metal", 79],
    ["System of a Down", "Metal", 77],
    ["Nine Inch Nails", "Industrial", 74],
    ["Florence + the Machine", "Indie", 76, "Florence and the Machine"],
    ["Simon & Garfunkel Revisited", "Folk", 41],
    ["Sigur Rós", "Post-Rock", 66],
    ["Björk", "Art Pop", 72],
    ["Mötley Crüe", "Glam Metal", 70],
    ["Motörhead Forever", "Heavy Metal", 52],
    ["Blue Öyster Cult", "Rock", 48, "BÖC"],
    ["Måneskin", "Rock", 75],
    ["MØ", "Electropop", 50],
    ["Rosalía", "Flamenco Pop", 81],
    ["Maná", "Latin Rock", 73],
    ["Café Tacvba", "Latin Rock", 58, "Cafe Tacuba"],
    ["Los Fabulosos Cadillacs", "Ska", 51],
    ["Die Ärzte", "Punk", 69],
    ["Die Toten Hosen", "Punk", 68],
    ["Kraftwerk", "Electronic", 71],
    ["Daft Punk Tribute Orchestra", "Electronic", 40],
    ["The The", "Post-Punk", 35],
    ["The Who", "Rock", 72],
    ["Them Crooked Vultures", "Rock", 53],
    ["U2", "Rock", 89],
    ["M83", "Electronic", 49],
    ["65daysofstatic", "Math Rock", 30],
    ["!!!", "Dance Punk", 28, "Chk Chk Chk"],
    ["Ébène & Oak", "Folk", 33, "Ebony and Oak"],
    ["21 Lanterns", "Indie", 31, "Twenty-One Lanterns"],
    ["P!lot", "Synth Pop", 27, "Pilot"],
    ["Ænima Øst", "Metal", 29, "Aenima Oest"],
    ["Straße nach Süden", "Chanson", 24],
    ["Łona i Ślązacy", "Hip-Hop", 32],
    ["Zoë Ångström", "Jazz", 36],
    ["東京事変", "J-Rock", 61, "Tokyo Jihen", "Incidents Tokyo"],
    ["きゃりーぱみゅぱみゅ", "J-Pop", 59, "Kyary Pamyu Pamyu"],
    ["Кино", "Post-Punk", 57, "Kino"],
    ["Земфира", "Rock", 56, "Zemfira"],
    ["방탄소년단", "K-Pop", 95, "BTS", "Bangtan Boys"],
    ["Σείριος", "Electronic", 22, "Seirios", "Sirius"],
    ["Snarky Puppy", "Jazz", 47],
    ["Gogol Bordello", "Gypsy Punk", 45],
    ["Tinariwen", "Desert Blues", 42],
    ["Fela's Children", "Afrobeat", 38],
  ],
  Classical: [
    ["Wiener Philharmoniker", "Orchestra", 62, "Vienna Philharmonic"],
    ["Berliner Philharmoniker", "Orchestra", 63, "Berlin Philharmonic"],
    ["London Symphony Orchestra", "Orchestra", 60, "LSO"],
    ["Orchestre de l'Opéra", "Opera", 37],
    ["Quatuor Ébène des Alpes", "Chamber Music", 20],
  ],
  Theater: [
    ["Royal Shakespeare Company", "Drama", 64],
    ["The Mechanicals", "Comedy", 26],
    ["Théâtre de l'Écluse", "Drama", 23],
    ["Compañía del Ñandú", "Drama", 19],
  ],
  Comedy: [
    ["Siobhán O'Dowd", "Stand-up", 34, "Siobhan ODowd"],
    ["Hannah & the Heckler", "Stand-up", 25],
    ["Jean-Luc Petit", "Stand-up", 21],
  ],
  Dance: [
    ["Ballet del Río de la Plata", "Ballet", 39],
    ["Cirque de la Lune", "Circus", 65],
  ],
  Soccer: [
    ["River Athletic", "Soccer", 70, "RAFC"],
    ["Paris Saint-Denis", "Soccer", 74, "PSD"],
    ["FC Köln-Süd", "Soccer", 55, "FC Koeln-Sued"],
    ["Atlético Maracaná", "Soccer", 58],
    ["Johannesburg Amber Stars", "Soccer", 46],
    ["Union Charlottenburg", "Soccer", 44],
  ],
  Basketball: [
    ["New York Empires", "Basketball", 67],
    ["Chicago Prairie Kings", "Basketball", 54],
    ["Los Angeles Breakers", "Basketball", 66, "LA Breakers"],
    ["Toronto North Stars", "Basketball", 52],
  ],
};

const homes: Readonly<Record<string, string>> = {
  "River Athletic": "Wembley Stadium",
  "Paris Saint-Denis": "Stade de France",
  "FC Köln-Süd": "RheinEnergieStadion",
  "Atlético Maracaná": "Maracanã",
  "Johannesburg Amber Stars": "FNB Stadium",
  "Union Charlottenburg": "Olympiastadion",
  "New York Empires": "Madison Square Garden",
  "Chicago Prairie Kings": "United Center",
  "Los Angeles Breakers": "Crypto.com Arena",
  "Toronto North Stars": "Scotiabank Arena",
};

export const programmePerformers: readonly ProgrammePerformer[] = (
  Object.entries(byCategory) as [ProgrammePerformer["category"], readonly Row[]][]
).flatMap(([category, rows]) =>
  rows.map(([name, genre, popularity, ...alternateNames]) => ({
    name,
    category,
    genre,
    popularity,
    alternateNames,
    home: homes[name],
  })),
);
