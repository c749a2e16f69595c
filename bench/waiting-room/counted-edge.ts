import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exportJWK, generateKeyPair } from "jose";
import { edgeHeaders, importSigningKeys, signParts } from "../../contracts/edge-signature.ts";
import {
  type QueueControl,
  QueueControlAnswer,
  queueControlPath,
} from "../../contracts/queue-control.ts";
import { startEdge } from "../../dev/edge.ts";
import { startTestIssuer } from "../../origin/testing/issuer.ts";

const root = join(import.meta.dirname, "../..");

/** Calls to objects so far, by kind; and the most that one object got within a second, by object. */
export interface ObjectCalls {
  readonly calls: Readonly<Record<string, number>>;
  readonly peaks: Readonly<Record<string, number>>;
}

export interface CountedEdge {
  readonly url: string;
  token(user: string): Promise<string>;
  /** Says something about a room, signed as the origin does. */
  control(word: QueueControl): Promise<QueueControlAnswer>;
  counts(): Promise<ObjectCalls>;
  stop(): Promise<void>;
}

/** The Worker in its runtime on a free port, with its objects counted, an issuer, and no origin: rooms need none. */
export async function startCountedEdge(): Promise<CountedEdge> {
  const folder = await mkdtemp(join(tmpdir(), "frontrow-replay-"));
  const issuer = await startTestIssuer();
  const signing = JSON.stringify({ k1: randomBytes(32).toString("hex") });
  const pass = await generateKeyPair("ES256", { extractable: true });
  const config = await readFile(join(root, "wrangler.toml"), "utf8");
  const configFile = join(folder, "wrangler.toml");
  const main = join(root, "edge/waiting-room/testing/counting-edge.ts");
  await mkdir(join(folder, "dist"));
  await writeFile(configFile, config.replace(/^main = .*$/m, `main = ${JSON.stringify(main)}`));
  const edge = await startEdge({
    port: 0,
    persistDir: join(folder, "state"),
    configFile,
    env: {
      ORIGIN_URL: "http://127.0.0.1:9",
      EDGE_SIGNING_KEYS: signing,
      QUEUE_TICKET_KEYS: JSON.stringify({ t1: randomBytes(32).toString("hex") }),
      PASS_SIGNING_KEYS: JSON.stringify({ p1: await exportJWK(pass.privateKey) }),
      JWT_ISSUER: issuer.issuer,
      JWT_AUDIENCE: "frontrow",
      JWKS_URL: issuer.jwksUrl,
      RATE_LIMITS: "off",
    },
  });
  const keys = await importSigningKeys(signing);
  return {
    url: edge.url,
    token: (user) => issuer.sign(user, { expiresInSeconds: 7200 }),
    control: (word) => say(edge.url, keys, word),
    counts: async () => (await (await fetch(`${edge.url}/counts`)).json()) as ObjectCalls,
    stop: async () => {
      await Promise.all([edge.stop(), issuer.stop()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function say(
  url: string,
  keys: Awaited<ReturnType<typeof importSigningKeys>>,
  word: QueueControl,
): Promise<QueueControlAnswer> {
  const body = new TextEncoder().encode(JSON.stringify(word));
  const timestampSeconds = Math.floor(Date.now() / 1000);
  const requestId = crypto.randomUUID();
  const parts = { method: "POST", path: queueControlPath, query: "", user: "", roles: "" };
  const { keyId, signature } = await signParts(keys, {
    ...parts,
    timestampSeconds,
    body,
    requestId,
    deadline: "",
  });
  const headers = {
    [edgeHeaders.keyId]: keyId,
    [edgeHeaders.signature]: signature,
    [edgeHeaders.timestamp]: String(timestampSeconds),
    [edgeHeaders.requestId]: requestId,
  };
  const response = await fetch(url + queueControlPath, { method: "POST", body, headers });
  if (!response.ok) throw new Error(`${word.kind}: ${response.status} ${await response.text()}`);
  return QueueControlAnswer.parse(await response.json());
}
