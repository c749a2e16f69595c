import type { TestProject } from "vitest/node";
import setupStores from "./global-setup.ts";
import { makeTestFolder, startTestTypesense } from "./parts.ts";

declare module "vitest" {
  export interface ProvidedContext {
    typesenseUrl: string;
    /** The admin key. */
    typesenseKey: string;
  }
}

/** The stores of `global-setup.ts`, and a real Typesense. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = makeTestFolder();
  const [stopStores, typesense] = await Promise.all([
    setupStores(project),
    startTestTypesense(folder),
  ]);
  project.provide("typesenseUrl", typesense.typesenseUrl);
  project.provide("typesenseKey", typesense.typesenseKey);
  return async () => {
    await Promise.all([stopStores(), typesense.stop()]);
    folder.remove();
  };
}
