import { setTimeout as sleep } from "node:timers/promises";

/** Pause between two requests of one kind: about 50 a second. */
const pauseMs = 20;

/**
 * Keeps asking in the background, one request of each kind at a time.
 * @returns `stop`, which gives the answers by kind and status; 0 stands for no answer
 */
export function lightLoad<Kind extends string>(
  requests: Readonly<Record<Kind, () => Promise<{ status: number }>>>,
) {
  const stopping = new AbortController();
  const counts = {} as Record<Kind, Record<number, number>>;
  const loops = (Object.keys(requests) as Kind[]).map(async (kind) => {
    const statuses: Record<number, number> = (counts[kind] = {});
    while (!stopping.signal.aborted) {
      const status = await requests[kind]().then(
        (answer) => answer.status,
        () => 0,
      );
      statuses[status] = (statuses[status] ?? 0) + 1;
      await sleep(pauseMs);
    }
  });
  return {
    async stop(): Promise<Record<Kind, Record<number, number>>> {
      stopping.abort();
      await Promise.all(loops);
      return counts;
    },
  };
}
