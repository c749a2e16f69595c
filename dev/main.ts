import { parseArgs } from "node:util";
import { type Part, PartError } from "./part.ts";
import { partNames } from "./stack-parts.ts";
import { type Stack, defaultPort, startStack } from "./stack.ts";
import { formatTable } from "./table.ts";

const usage = `usage: npm run dev -- [--port N] [--fresh] [--rate-limits] [--restart-after SECONDS]
  --port N                the edge's port (default ${defaultPort})
  --fresh                 discard local data first
  --rate-limits           turn the rate limits on
  --restart-after SECONDS start a part that dies again, instead of stopping everything`;

/** `npm run dev`: the whole system on this machine, until Ctrl-C or until a part fails. */
async function main(): Promise<void> {
  const options = readArguments();
  const asked = askedToStop();
  const givingUp = new AbortController();
  const print = (line: string) => console.log(line);
  const starting = startStack({ ...options, print, signal: givingUp.signal });
  const stack = await Promise.race([starting, asked]);
  if (stack === "asked") {
    console.log("stopping");
    givingUp.abort();
    await starting.then((late) => late.stop()).catch(() => undefined);
    return;
  }
  const failed = supervise(stack, options.restartAfterSeconds);
  printParts(stack.parts);
  console.log(`ready http://localhost:${options.port}`);

  const end = await Promise.race([failed, asked]);
  if (end === "asked") console.log("stopping");
  else fail(end.message);
  await stack.stop();
}

/** Gives the first failure that the stack shall not go on after. */
async function supervise(stack: Stack, restartAfterSeconds: number | undefined): Promise<Error> {
  return await new Promise((resolve) => {
    stack.onCrash(({ part, reason }) => {
      const what = `${part} ended: ${reason} (see ${stack.logFile(part)})`;
      if (restartAfterSeconds === undefined) return resolve(new PartError(what));
      console.error(`${what}; starting it again in ${restartAfterSeconds} s`);
      setTimeout(() => {
        stack.restart(part).then(() => console.error(`${part} is back`), resolve);
      }, restartAfterSeconds * 1000);
    });
  });
}

/** From what holds the data to what answers people. */
const order: readonly string[] = partNames;

function printParts(parts: readonly Part[]): void {
  const rows = parts
    .toSorted((a, b) => order.indexOf(a.name) - order.indexOf(b.name))
    .map(({ name, state, detail, where }) => [name, state, detail, where]);
  for (const line of formatTable(["part", "how", "what", "where"], rows)) console.log(line);
}

/** npm passes a Ctrl-C on to us that the terminal has sent us already: within this time it is the same one. */
const sameSignalMs = 1000;

/** Resolves at the first Ctrl-C or termination; the second one does not wait for anything. */
async function askedToStop(): Promise<"asked"> {
  return await new Promise((resolve) => {
    let firstAt: number | undefined;
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      process.on(signal, () => {
        const at = performance.now();
        firstAt ??= at;
        if (at - firstAt > sameSignalMs) process.exit(130);
        resolve("asked");
      });
    }
  });
}

function readArguments() {
  try {
    const { values } = parseArgs({
      options: {
        port: { type: "string", default: String(defaultPort) },
        fresh: { type: "boolean", default: false },
        "rate-limits": { type: "boolean", default: false },
        "restart-after": { type: "string" },
      },
    });
    const restartAfter = values["restart-after"];
    return {
      port: wholeNumber("--port", values.port, 65_535),
      fresh: values.fresh,
      rateLimits: values["rate-limits"],
      restartAfterSeconds:
        restartAfter === undefined ? undefined : wholeNumber("--restart-after", restartAfter, 3600),
    };
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
    process.exit(2);
  }
}

function wholeNumber(option: string, text: string, most: number): number {
  const number = Number(text);
  if (/^\d{1,6}$/.test(text) && number >= 1 && number <= most) return number;
  throw new PartError(`${option} takes a whole number from 1 to ${most}`);
}

function fail(message: string): void {
  console.error(`npm run dev: ${message}`);
  process.exitCode = 1;
}

await main().catch((error: unknown) => {
  if (error instanceof PartError) return fail(error.message);
  console.error(error);
  fail("this should not have happened");
});
// Whatever still keeps the event loop busy is not worth waiting for.
process.exit();
