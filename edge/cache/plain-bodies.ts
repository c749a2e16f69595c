import { type CachedAnswer, plainBody } from "./cached-answer.ts";

/** Unpacked bodies kept at most, in bytes. */
const bytesMax = 16 * 1024 * 1024;

/** Unpacked bodies for clients that take no compression: the last ones used, since they tend to come in a row. */
export class PlainBodies {
  readonly #bodies = new Map<CachedAnswer["body"], Promise<Uint8Array<ArrayBuffer>>>();
  #bytes = 0;

  /** @throws when the stored body is damaged */
  async get(answer: CachedAnswer): Promise<Uint8Array<ArrayBuffer>> {
    const known = this.#bodies.get(answer.body);
    if (known) return known;
    const plain = await plainBody(answer);
    if (plain.byteLength > bytesMax) return plain;
    if (this.#bytes + plain.byteLength > bytesMax) {
      this.#bodies.clear();
      this.#bytes = 0;
    }
    this.#bodies.set(answer.body, Promise.resolve(plain));
    this.#bytes += plain.byteLength;
    return plain;
  }
}
