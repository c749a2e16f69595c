import { createHash } from "node:crypto";
import { Client, Errors } from "typesense";
import type { CollectionFieldSchema } from "typesense";
import * as z from "zod";
import { FoundEvent } from "../contracts/search.ts";
import { searchAlias, type SearchDocument } from "../contracts/search-document.ts";
import { codeOf, HaltError, SinkUnavailableError } from "./errors.ts";
import type { TypesenseTarget } from "./typesense-http.ts";

interface Field extends Pick<CollectionFieldSchema, "type" | "facet" | "index" | "optional"> {}

const text: Field = { type: "string" };
const texts: Field = { type: "string[]" };
const facet: Field = { type: "string", facet: true };
const integer: Field = { type: "int64" };
const small: Field = { type: "int32" };

/** One entry for each field of a document but its id; a missing one does not compile. */
const fields: Record<Exclude<keyof SearchDocument, "id">, Field> = {
  name: text,
  performer_names: texts,
  aliases: texts,
  venue_name: text,
  city: facet,
  country: facet,
  category: facet,
  venue_id: text,
  performer_ids: texts,
  starts_at: integer,
  ends_at: integer,
  past: { type: "bool" },
  availability: facet,
  available: small,
  min_price: { ...integer, optional: true },
  max_price: { ...integer, optional: true },
  currency: facet,
  popularity: small,
  ord: integer,
  rev: integer,
  // On disk only, never searched. Typesense wants such fields to be optional.
  shown: { type: "string", index: false, optional: true },
};

/** A fixed schema: bad data then surfaces as an error of its line instead of changing the schema. */
export const collectionSchema = {
  token_separators: ["-", "/", ".", "'"],
  symbols_to_index: ["&", "+"],
  default_sorting_field: "popularity",
  fields: Object.entries(fields).map(([name, field]): CollectionFieldSchema => ({
    name,
    ...field,
  })),
};

/** Changes when documents must be written anew: into a collection of another shape, or because they show other things. */
export const schemaHash = createHash("sha256")
  .update(JSON.stringify([collectionSchema, z.toJSONSchema(FoundEvent)]))
  .digest("hex")
  .slice(0, 16);

const collectionName = new RegExp(`^${searchAlias}_v(\\d+)$`);

/**
 * Administers collections and the alias, through the official client.
 * Everything throws SinkUnavailableError where the same may work later, and HaltError when our key is refused.
 */
export class Collections {
  readonly #client: Client;

  constructor(target: TypesenseTarget, timeoutMs: number) {
    this.#client = openTypesense(target, timeoutMs);
  }

  /** @returns the names of our collections, oldest first */
  async list(): Promise<string[]> {
    const all = await asked(this.#client.collections().retrieve());
    return all
      .map((collection) => collection.name)
      .filter((name) => collectionName.test(name))
      .sort((a, b) => versionOf(a) - versionOf(b));
  }

  /** @returns the collection that readers see, or `null` before the first */
  async current(): Promise<string | null> {
    return orNull(
      this.#client
        .aliases(searchAlias)
        .retrieve()
        .then((alias) => alias.collection_name),
    );
  }

  /** Whether a collection of exactly this name exists: asking for an alias would find one, too. */
  async exists(name: string): Promise<boolean> {
    const found = await orNull(this.#client.collections(name).retrieve());
    return found?.name === name;
  }

  /** Makes the next collection; the name of a deleted one is not used again. @returns its name */
  async create(): Promise<string> {
    const names = [...(await this.list()), (await this.current()) ?? `${searchAlias}_v0`];
    const name = `${searchAlias}_v${Math.max(...names.map(versionOf)) + 1}`;
    await asked(this.#client.collections().create({ ...collectionSchema, name }));
    return name;
  }

  /** Has readers see this collection from their next request on. */
  async swap(name: string): Promise<void> {
    await asked(this.#client.aliases().upsert(searchAlias, { collection_name: name }));
  }

  /** @throws when it is the one that readers see; a collection that is gone already is fine */
  async drop(name: string): Promise<void> {
    if (!collectionName.test(name)) throw new TypeError(`not a versioned collection: ${name}`);
    if ((await this.current()) === name) throw new TypeError(`readers see ${name}`);
    await orNull(this.#client.collections(name).delete());
  }
}

/** The official client for one server. */
export function openTypesense(target: TypesenseTarget, timeoutMs: number): Client {
  const url = new URL(target.url);
  return new Client({
    nodes: [
      {
        host: url.hostname,
        port: Number(url.port || (url.protocol === "https:" ? 443 : 80)),
        protocol: url.protocol.slice(0, -1),
      },
    ],
    apiKey: target.apiKey,
    connectionTimeoutSeconds: timeoutMs / 1_000,
    // The service has its own patience, with back-off and a state that others can see.
    numRetries: 0,
    logLevel: "silent",
  });
}

function versionOf(name: string): number {
  return Number(collectionName.exec(name)?.[1]);
}

async function orNull<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await asked(answer);
  } catch (error) {
    if (error instanceof Errors.ObjectNotFound) return null;
    throw error;
  }
}

/** Tells trouble that passes, and a key that is wrong, from everything else by codes. */
async function asked<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    const status = error instanceof Errors.TypesenseError ? (error.httpStatus ?? 0) : null;
    if (status === 401 || status === 403) {
      throw new HaltError("sink-refused", `the search server refuses our key (${status})`);
    }
    if (status !== null && (status >= 500 || status === 408 || status === 429)) {
      throw new SinkUnavailableError(status);
    }
    // Only connections that failed have a code, and no status.
    if (status === null && codeOf(error) !== "") throw new SinkUnavailableError(0);
    throw error;
  }
}
