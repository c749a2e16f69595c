import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import { portToTry } from "../free-port.ts";
import type { Part } from "../part.ts";
import { readPorts, rememberPort } from "../state.ts";
import { createIdentity } from "./app.ts";
import type { SigningKey } from "./signing-key.ts";

export interface Identity extends Part {
  issuer: string;
  jwksUrl: string;
  /** Where its metadata is, at an address that the runtime of the edge can reach. */
  discoveryUrl: string;
}

const part = "identity";

/** Starts the local issuer in this process. */
export async function startIdentity(options: {
  key: SigningKey;
  stateDir: string;
}): Promise<Identity> {
  const { key, stateDir } = options;
  const port = await portToTry(readPorts(stateDir)[part], 1);
  const issuer = issuerAt(port);
  // `localhost` may mean IPv6, where nobody listens.
  const inside = `http://127.0.0.1:${port}`;
  const app = createIdentity({ key, issuer, tokenEndpoint: `${inside}/token` });
  const server = serve({ fetch: app.fetch, hostname: "127.0.0.1", port });
  await new Promise<void>((resolve, reject) => {
    server.once("listening", resolve);
    server.once("error", reject);
  });
  rememberPort(stateDir, part, (server.address() as AddressInfo).port);
  return {
    name: part,
    state: "own",
    detail: "local issuer, ES256",
    where: issuer,
    issuer,
    jwksUrl: `${inside}/jwks.json`,
    discoveryUrl: `${inside}/.well-known/openid-configuration`,
    stop: async () => {
      await new Promise((resolve) => {
        server.close(resolve);
        if ("closeAllConnections" in server) server.closeAllConnections();
      });
    },
  };
}

/** The issuer of this stack's tokens, whether it runs or not; nothing when it never ran. */
export function knownIssuer(stateDir: string): string | undefined {
  const port = readPorts(stateDir)[part];
  return port === undefined ? undefined : issuerAt(port);
}

function issuerAt(port: number): string {
  return `http://localhost:${port}`;
}
