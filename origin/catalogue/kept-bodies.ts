import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

export type Encoding = "br" | "gzip";

/** Compressed views of some hundred stadiums. */
const bytesMax = 64 * 1024 * 1024;
/** Brotli's level: 7 MB of seats become 95 kB in 104 ms; a level more takes twice as long for a tenth less. */
const brotliQuality = 5;

const compressors: Record<Encoding, (text: string) => Promise<Buffer>> = {
  gzip: promisify<string, Buffer>(gzip),
  br: (text) =>
    promisify(brotliCompress)(text, {
      params: { [constants.BROTLI_PARAM_QUALITY]: brotliQuality },
    }),
};

interface Kept {
  readonly etag: string;
  readonly body: Promise<Buffer>;
  bytes: number;
}

/** The compressed body of each view's newest version: made once, however many edges ask for it. */
export class KeptBodies {
  readonly #kept = new Map<string, Kept>();
  #bytes = 0;

  /** @returns the tag of what is kept under this key */
  etag(key: string): string | undefined {
    return this.#kept.get(key)?.etag;
  }

  /** @returns the body under this key, if it is the one of this tag */
  async get(key: string, etag: string): Promise<Buffer | undefined> {
    const kept = this.#kept.get(key);
    return kept?.etag === etag ? kept.body : undefined;
  }

  /** Compresses a body and keeps it in the place of the key's last one. */
  async put(key: string, etag: string, encoding: Encoding, text: string): Promise<Buffer> {
    const underWay = await this.get(key, etag);
    if (underWay) return underWay;
    this.#drop(key);
    const kept: Kept = { etag, body: compressors[encoding](text), bytes: 0 };
    this.#kept.set(key, kept);
    try {
      const body = await kept.body;
      if (this.#kept.get(key) === kept) {
        kept.bytes = body.byteLength;
        this.#bytes += body.byteLength;
        this.#makeRoom();
      }
      return body;
    } catch (error) {
      if (this.#kept.get(key) === kept) this.#drop(key);
      throw error;
    }
  }

  #makeRoom(): void {
    for (const oldest of this.#kept.keys()) {
      if (this.#bytes <= bytesMax) return;
      this.#drop(oldest);
    }
  }

  #drop(key: string): void {
    this.#bytes -= this.#kept.get(key)?.bytes ?? 0;
    this.#kept.delete(key);
  }
}
