// Runs one of our programs: `node dev/run.mjs dev/main.ts …`. Plain JavaScript, so that an older Node, too, gets as far
// as saying in one line what is missing.
import module from "node:module";
import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const nodeMajorMin = 24;
const major = Number(process.versions.node.split(".")[0]);
const [program, ...args] = process.argv.slice(2);

if (major < nodeMajorMin) {
  console.error(
    `Node ${nodeMajorMin} is needed, this is ${process.versions.node}: npm ci brings it along; ` +
      "if install scripts were not allowed to run, run npm rebuild node",
  );
  process.exitCode = 1;
} else {
  // Every part is a process, and compiles the same libraries: once is enough, for this start and the next.
  const cache = new URL("../node_modules/.cache/compiled", import.meta.url);
  process.env.NODE_COMPILE_CACHE ??= fileURLToPath(cache);
  module.enableCompileCache();
  process.argv = [process.argv[0], resolve(program), ...args];
  try {
    await import(pathToFileURL(resolve(program)).href);
  } catch (error) {
    if (error?.code !== "ERR_MODULE_NOT_FOUND") throw error;
    console.error(`something is not installed, run npm ci: ${error.message.split("\n", 1)[0]}`);
    process.exitCode = 1;
  }
}
