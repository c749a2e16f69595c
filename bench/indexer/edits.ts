import { percentiles, type Percentiles } from "../percentiles.ts";
import type { Lab } from "./lab.ts";

export interface EditFigures extends Percentiles {
  readonly edits: number;
}

/**
 * Renames events one after the other, and times each from the commit's answer until a search finds the new name.
 * @param gapMs between an edit that was found and the next one
 */
export async function timeEdits(
  lab: Lab,
  options: { edits: number; gapMs: number; firstEvent: number },
): Promise<EditFigures> {
  const samples: number[] = [];
  for (let turn = 0; turn < options.edits; turn += 1) {
    const word = `w${turn}x${Math.random().toString(36).slice(2, 10)}`;
    await lab.database.pool.query("UPDATE events SET name = $2 WHERE id = $1", [
      options.firstEvent + turn,
      `Edited ${word}`,
    ]);
    const committed = performance.now();
    while (!(await isFound(lab, word))) {
      if (performance.now() - committed > 240_000) throw new Error("an edit is not found");
      // Asking without a pause would take a core from what is being measured.
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    samples.push(performance.now() - committed);
    await new Promise((resolve) => setTimeout(resolve, options.gapMs * (0.5 + Math.random())));
  }
  return { edits: samples.length, ...percentiles(samples) };
}

async function isFound(lab: Lab, word: string): Promise<boolean> {
  const { found } = await search(lab, `q=${word}&query_by=name&num_typos=0&prefix=false`);
  return found === 1;
}

/**
 * One search as the edge does it.
 * @throws when the answer is not 200
 */
export async function search(lab: Lab, query: string): Promise<{ found: number; ids: string[] }> {
  const { status, body } = await lab.typesense.client.send({
    path: `/collections/events/documents/search?${query}&include_fields=id&use_cache=false`,
    headers: { "x-typesense-api-key": lab.typesense.apiKey },
  });
  if (status !== 200) throw new Error(`search: ${status}`);
  const { found, hits } = JSON.parse(body.toString()) as {
    found: number;
    hits: { document: { id: string } }[];
  };
  return { found, ids: hits.map((hit) => hit.document.id) };
}
