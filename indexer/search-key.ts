import { searchAlias } from "../contracts/search-document.ts";
import { openTypesense } from "./collections.ts";

/** Typesense checks the name that was asked for: this fits the alias and every versioned collection. */
export const searchKeyCollections = `${searchAlias}.*`;

/**
 * Makes a key that may search events and do nothing else, for the edge.
 * @param target the server, with a key that may make keys
 * @returns the new key; the server shows it only this once
 */
export async function createSearchKey(target: { url: string; apiKey: string }): Promise<string> {
  const made = await openTypesense(target, 10_000)
    .keys()
    .create({
      description: "edge: search events",
      actions: ["documents:search"],
      collections: [searchKeyCollections],
    });
  if (!made.value) throw new Error("Typesense returned no key");
  return made.value;
}
