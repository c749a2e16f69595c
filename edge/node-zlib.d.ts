/** What the edge uses of the one Node module that it needs; Node's own types do not meet those of Workers. */
declare module "node:zlib" {
  export function crc32(body: Uint8Array | string): number;
  export function brotliDecompressSync(bytes: Uint8Array): Uint8Array;
  export function gzipSync(
    bytes: Uint8Array,
    options?: { readonly level: number; readonly memLevel: number; readonly windowBits: number },
  ): Uint8Array;
}
