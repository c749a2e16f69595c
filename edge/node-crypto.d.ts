/** What the edge uses of it; Node's own types do not meet those of Workers. */
declare module "node:crypto" {
  interface Digest {
    update(data: string | Uint8Array): Digest;
    digest(encoding: "hex"): string;
  }
  interface KeyObject {
    readonly type: "secret";
  }
  export const KeyObject: { from(key: CryptoKey): KeyObject };
  export function hash(algorithm: "sha256", data: Uint8Array, encoding: "hex"): string;
  export function createHmac(algorithm: "sha256", key: KeyObject): Digest;
}
