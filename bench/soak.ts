import { existsSync } from "node:fs";
import { join } from "node:path";

/** `npm run soak -- NAME [options]`: long runs that search for faults; each is `bench/NAME/soak.ts`, exporting `soak`. */
export interface Soak {
  /** @returns the exit code */
  soak(args: readonly string[]): Promise<number>;
}

const [name = "", ...args] = process.argv.slice(2);
const file = join(import.meta.dirname, name, "soak.ts");
if (!/^[a-z-]+$/.test(name) || !existsSync(file)) {
  console.error("npm run soak -- NAME, where bench/NAME/soak.ts exists");
  process.exit(2);
}
const { soak } = (await import(file)) as Soak;
process.exitCode = await soak(args);
