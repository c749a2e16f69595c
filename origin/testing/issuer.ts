import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey } from "jose";

export const audience = "frontrow";

export interface TokenOptions {
  readonly roles?: readonly string[];
  readonly issuer?: string;
  readonly audience?: string;
  /** From now, in seconds. */
  readonly expiresInSeconds?: number;
  /** Signed with this key instead of the issuer's. */
  readonly key?: CryptoKey;
}

/** An issuer of tokens with its keys on a real address. */
export interface TestIssuer {
  readonly issuer: string;
  readonly jwksUrl: string;
  /** How often the keys were fetched. */
  readonly fetches: () => number;
  sign(user: string, options?: TokenOptions): Promise<string>;
  stop(): Promise<void>;
}

/** Starts one; whoever does stops it. */
export async function startTestIssuer(): Promise<TestIssuer> {
  const { publicKey, privateKey } = await generateKeyPair("ES256");
  const jwk = { ...(await exportJWK(publicKey)), kid: "test", alg: "ES256", use: "sig" };
  let fetches = 0;
  const server = createServer((_req, res) => {
    fetches++;
    res.setHeader("Content-Type", "application/json").end(JSON.stringify({ keys: [jwk] }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    issuer,
    jwksUrl: `${issuer}/jwks.json`,
    fetches: () => fetches,
    sign: (user, options = {}) =>
      new SignJWT({ roles: [...(options.roles ?? [])] })
        .setProtectedHeader({ alg: "ES256", kid: "test" })
        .setSubject(user)
        .setIssuer(options.issuer ?? issuer)
        .setAudience(options.audience ?? audience)
        .setIssuedAt()
        .setExpirationTime(Math.floor(Date.now() / 1000) + (options.expiresInSeconds ?? 600))
        .sign(options.key ?? privateKey),
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
