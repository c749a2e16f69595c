/** A whole message of Postgres' protocol. */
export interface Frame {
  /** One letter; empty for the first message of a client, which has none. */
  readonly type: string;
  /** With its header. */
  readonly bytes: Buffer;
}

const lengthBytes = 4;

/**
 * Cuts a stream of bytes into the messages of Postgres' protocol 3: a letter, a length that counts itself, the rest.
 * @param options.hasStartup whether the first message has no letter
 * @returns what takes the next bytes and gives the messages that are whole by then
 */
export function splitFrames({
  hasStartup,
}: {
  readonly hasStartup: boolean;
}): (chunk: Buffer) => Frame[] {
  let rest: Buffer = Buffer.alloc(0);
  let isFirst = hasStartup;
  return (chunk) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const frames: Frame[] = [];
    for (;;) {
      const typeBytes = isFirst ? 0 : 1;
      if (rest.length < typeBytes + lengthBytes) return frames;
      const end = typeBytes + rest.readInt32BE(typeBytes);
      if (rest.length < end) return frames;
      const type = isFirst ? "" : String.fromCharCode(rest[0] ?? 0);
      frames.push({ type, bytes: rest.subarray(0, end) });
      rest = rest.subarray(end);
      isFirst = false;
    }
  };
}
