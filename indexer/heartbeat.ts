import * as z from "zod";

const Heartbeat = z.object({ slot: z.string(), atMs: z.number() });

/** What is put into the log: through it and back measures the whole way. */
export function heartbeatText(slot: string, atMs: number): string {
  return JSON.stringify({ slot, atMs } satisfies z.infer<typeof Heartbeat>);
}

/** @returns when it was sent, Unix milliseconds, or `null` when it is not for this slot */
export function heartbeatOf(text: string, slot: string): number | null {
  try {
    const heartbeat = Heartbeat.parse(JSON.parse(text));
    return heartbeat.slot === slot ? heartbeat.atMs : null;
  } catch {
    return null;
  }
}
