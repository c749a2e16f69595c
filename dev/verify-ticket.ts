import type { webcrypto } from "node:crypto";
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { TicketDoor, verifyTicket } from "../contracts/e-ticket.ts";
import { readSecrets } from "./secrets.ts";
import { defaultStateDir } from "./state.ts";

const usage = `usage: npm run -s verify-ticket -- CODE [--door FILE]
  --door FILE  what GET /admin/events/ID/door answered; without it the key of the local stack is used, and any event goes`;

/** `npm run verify-ticket`: what a scanner does, asking nobody. Exit code 0 for a valid ticket, 1 for any other. */
async function main(): Promise<void> {
  const { code, doorFile } = readArguments();
  const door =
    doorFile === undefined
      ? localDoor()
      : TicketDoor.parse(JSON.parse(readFileSync(doorFile, "utf8")));
  const keys = new Map<number, webcrypto.CryptoKey>();
  for (const [keyId, publicKey] of Object.entries(door.keys)) {
    const bytes = Buffer.from(publicKey, "base64url");
    const key = await crypto.subtle.importKey("raw", bytes, "Ed25519", false, ["verify"]);
    keys.set(Number(keyId), key);
  }
  const verdict = await verifyTicket(code, { ...door, keys });
  console.log(JSON.stringify(verdict));
  process.exitCode = verdict.status === "valid" ? 0 : 1;
}

function localDoor(): { keys: Record<string, string> } {
  const key = readSecrets(defaultStateDir())?.ticketSigningKey;
  if (key === undefined) return fail("there is no local stack yet: name a file with --door");
  return { keys: { [key.keyId]: key.jwk.x } };
}

function readArguments(): { code: string; doorFile: string | undefined } {
  try {
    const { values, positionals } = parseArgs({
      options: { door: { type: "string" } },
      allowPositionals: true,
    });
    const [code] = positionals;
    if (code === undefined || positionals.length > 1) return fail(usage);
    return { code, doorFile: values.door };
  } catch (error) {
    return fail(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
  }
}

function fail(message: string): never {
  console.error(message);
  process.exit(2);
}

await main();
