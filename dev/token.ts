import { parseArgs } from "node:util";
import { signToken } from "./identity/sign-token.ts";
import { knownIssuer } from "./identity/start.ts";
import { readSecrets } from "./secrets.ts";
import { defaultStateDir } from "./state.ts";

const usage = "usage: npm run -s token -- --user NAME [--user NAME …] [--role admin]";

/** `npm run token`: prints a token of the local stack for each user, in order, and nothing else. */
async function main(): Promise<void> {
  const { users, roles } = readArguments();
  const stateDir = defaultStateDir();
  const secrets = readSecrets(stateDir);
  const issuer = knownIssuer(stateDir);
  if (secrets === undefined || issuer === undefined) {
    return fail("there is no local stack yet: start it once with npm run dev", 1);
  }
  const nowSeconds = Math.floor(Date.now() / 1000);
  for (const user of users) {
    console.log(await signToken({ key: secrets.identity, issuer, user, roles, nowSeconds }));
  }
}

function readArguments(): { users: string[]; roles: string[] } {
  try {
    const { values } = parseArgs({
      options: {
        user: { type: "string", multiple: true, default: [] },
        role: { type: "string", multiple: true, default: [] },
      },
    });
    if (values.user.length === 0 || values.user.includes("")) fail(usage, 2);
    return { users: values.user, roles: values.role };
  } catch (error) {
    return fail(`${error instanceof Error ? error.message : String(error)}\n${usage}`, 2);
  }
}

function fail(message: string, code: number): never {
  console.error(message);
  process.exit(code);
}

await main();
