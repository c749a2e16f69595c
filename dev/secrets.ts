import { randomBytes } from "node:crypto";
import { exportJWK, generateKeyPair } from "jose";
import * as z from "zod";
import { SigningKey, makeSigningKey } from "./identity/signing-key.ts";
import { readStateFile, writeStateFile } from "./state.ts";

const TicketSigningKey = z.object({
  keyId: z.int(),
  jwk: z.object({ kty: z.string(), crv: z.string(), x: z.string(), d: z.string() }),
});

/** What the parts of one local stack trust one another by. */
const Secrets = z.object({
  postgresPassword: z.string(),
  redisPassword: z.string(),
  upstashToken: z.string(),
  typesenseKey: z.string(),
  typesenseSearchKey: z.string(),
  edgeSigningKeys: z.record(z.string(), z.string()),
  queueTicketKeys: z.record(z.string(), z.string()),
  /** Signs admission passes at the edge; the origin gets the public half. */
  admissionPass: SigningKey,
  identity: SigningKey,
  /** As the origin's `TICKET_SIGNING_KEY`. */
  ticketSigningKey: TicketSigningKey,
});
export type Secrets = z.infer<typeof Secrets>;

const file = "secrets.json";

/** The secrets of the stack in this folder, or nothing when it was never started. */
export function readSecrets(stateDir: string): Secrets | undefined {
  const kept = readStateFile(stateDir, file, Secrets.partial());
  const whole = Secrets.safeParse(kept);
  return whole.success ? whole.data : undefined;
}

/** The secrets of the stack in this folder; the first start draws them at random, and a later one those that are new. */
export async function readOrMakeSecrets(stateDir: string): Promise<Secrets> {
  const whole = readSecrets(stateDir);
  if (whole !== undefined) return whole;
  const kept = readStateFile(stateDir, file, Secrets.partial());
  const random = () => randomBytes(24).toString("hex");
  const made = Secrets.parse({
    postgresPassword: random(),
    redisPassword: random(),
    upstashToken: random(),
    typesenseKey: random(),
    typesenseSearchKey: random(),
    edgeSigningKeys: { k1: randomBytes(32).toString("hex") },
    queueTicketKeys: { t1: randomBytes(32).toString("hex") },
    admissionPass: await makeSigningKey(),
    identity: await makeSigningKey(),
    ticketSigningKey: await makeTicketSigningKey(),
    ...kept,
  });
  writeStateFile(stateDir, file, made);
  return made;
}

async function makeTicketSigningKey(): Promise<z.infer<typeof TicketSigningKey>> {
  const { privateKey } = await generateKeyPair("Ed25519", { extractable: true });
  return TicketSigningKey.parse({ keyId: 1, jwk: await exportJWK(privateKey) });
}
