import { expect, test } from "vitest";
import { de } from "./de.ts";
import { en } from "./en.ts";
import { es } from "./es.ts";

/** Words that German has from English. */
const shared = new Set(["de home.title", "de home.details"]);

/** Every word by its place; functions as what they say about samples. */
function flat(messages: object, path = ""): Map<string, string> {
  const found = new Map<string, string>();
  for (const [key, value] of Object.entries(messages)) {
    const at = path === "" ? key : `${path}.${key}`;
    if (typeof value === "string") found.set(at, value);
    else if (typeof value === "function") found.set(at, String(value(7, 8, 9)));
    else if (typeof value === "object" && value !== null) {
      for (const [inner, text] of flat(value, at)) found.set(inner, text);
    }
  }
  return found;
}

const english = flat(en);

test.each([
  ["de", de],
  ["es", es],
])("%s has every word of English, none empty and none left in English", (language, messages) => {
  const words = flat(messages);
  expect([...words.keys()].sort()).toEqual([...english.keys()].sort());
  const empty = [...words].filter(([, text]) => text.trim() === "");
  expect(empty).toEqual([]);
  const same = [...words].filter(
    ([key, text]) => text === english.get(key) && !shared.has(`${language} ${key}`),
  );
  expect(same).toEqual([]);
});

test("a number or a name that a sentence takes is in it, in every language", () => {
  const lost = [en, de, es].flatMap((messages) =>
    sentences(messages)
      .filter(([, say]) => {
        const text = say("{a}", "{b}", "{c}");
        return ["{a}", "{b}", "{c}"].slice(0, say.length).some((part) => !text.includes(part));
      })
      .map(([key]) => key),
  );
  expect(lost).toEqual([]);
});

test("one seat is one seat, in every language", () => {
  const said = [en, de, es].map(({ hold, map, seats }) => [
    seats(1),
    hold.until(1, "20:00"),
    map.chosen(1, "45 €"),
  ]);
  expect(said).toEqual([
    ["1 seat", "1 seat held until 20:00", "1 seat chosen, 45 €"],
    ["1 Platz", "1 Platz reserviert bis 20:00", "1 Platz gewählt, 45 €"],
    ["1 asiento", "1 asiento reservado hasta las 20:00", "1 asiento elegido, 45 €"],
  ]);
  expect(es.map.chosen(2, "90 €")).toBe("2 asientos elegidos, 90 €");
});

/** Whatever takes something into its sentence. */
function sentences(
  messages: object,
  path = "",
): [key: string, say: (...parts: string[]) => string][] {
  return Object.entries(messages).flatMap(([key, value]) => {
    const at = `${path}.${key}`;
    if (typeof value === "function") return [[at, value as (...parts: string[]) => string]];
    return typeof value === "object" && value !== null ? sentences(value, at) : [];
  });
}
