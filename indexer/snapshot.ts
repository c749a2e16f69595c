/**
 * Which transactions a snapshot sees (`pg_current_snapshot()`).
 *
 * A commit is streamed while it happens, so a row that is read right after its commit message may still be the old
 * one, and no later message would mend that. Every read is therefore checked: each transaction that made a key
 * dirty must be visible in the very snapshot that the row is read from. Visibility need not follow commit order,
 * so that the last transaction alone proves nothing.
 */
export interface Snapshot {
  /** All transactions below are finished. */
  readonly xmin: number;
  /** This and all above had not begun. */
  readonly xmax: number;
  /** Those in between that were still running. */
  readonly running: ReadonlySet<number>;
}

const xidSpan = 2 ** 32;

/**
 * Reads `xmin:xmax:xip,xip…`.
 * @throws TypeError when it has another form
 */
export function parseSnapshot(text: string): Snapshot {
  const match = /^(\d+):(\d+):([\d,]*)$/.exec(text);
  if (!match) throw new TypeError(`not a snapshot: ${text}`);
  const running = (match[3] ?? "").split(",").filter((part) => part !== "");
  return { xmin: Number(match[1]), xmax: Number(match[2]), running: new Set(running.map(Number)) };
}

/**
 * Widens a 32-bit transaction id, as the stream carries it, to the 64 bits of snapshots: the candidate nearest to
 * the snapshot, since no two live ids are further apart than half the span.
 * @param xid unsigned
 */
export function widenXid(xid: number, snapshot: Snapshot): number {
  const epoch = snapshot.xmax - (snapshot.xmax % xidSpan);
  const wide = epoch + xid;
  if (wide - snapshot.xmax > xidSpan / 2) return wide - xidSpan;
  if (snapshot.xmax - wide > xidSpan / 2) return wide + xidSpan;
  return wide;
}

/** Whether the snapshot sees what a committed transaction wrote. */
export function isVisible(xid: number, snapshot: Snapshot): boolean {
  const wide = widenXid(xid, snapshot);
  if (wide < snapshot.xmin) return true;
  return wide < snapshot.xmax && !snapshot.running.has(wide);
}
