/** Calls `done` once, after so long. @returns takes it back */
export type SetTimer = (ms: number, done: () => void) => () => void;

interface Wait {
  readonly at: number;
  readonly done: () => void;
  isOver: boolean;
}

/** A timer goes off after so long at the latest: so a shorter wait that begins with a longer one needs none anew. */
const tickMs = 100;

/** The runtime's own. */
export const plainTimer: SetTimer = (ms, done) => {
  const timer = setTimeout(done, ms);
  return () => clearTimeout(timer);
};

/**
 * All waits of one request behind one timer of the runtime: each of those costs as much as reading a small answer, and a
 * request that is answered soon needs none of them to go off. Written without iterators, which take longer than all
 * else here before a runtime has compiled them.
 * @param now Unix milliseconds
 */
export function oneTimer(now: () => number): SetTimer {
  let waits: Wait[] = [];
  let open = 0;
  let armedFor = Number.POSITIVE_INFINITY;
  let disarm: (() => void) | undefined;
  const arm = (at: number, since: number) => {
    disarm?.();
    armedFor = at;
    disarm = plainTimer(Math.max(0, at - since), goOff);
  };
  const stop = () => {
    disarm?.();
    disarm = undefined;
    armedFor = Number.POSITIVE_INFINITY;
    waits = [];
  };
  const goOff = () => {
    // A clock that stands still must not keep anybody waiting.
    const at = Math.max(armedFor, now());
    const due = waits.filter((it) => !it.isOver && it.at <= at);
    waits = waits.filter((it) => !it.isOver && it.at > at);
    [armedFor, disarm] = [Number.POSITIVE_INFINITY, undefined];
    for (const it of due) end(it)?.();
    const first = Math.min(...waits.map((it) => (it.isOver ? armedFor : it.at)));
    if (first < armedFor) arm(first, at);
  };
  /** @returns what it was for, unless it is over already */
  const end = (wait: Wait) => {
    if (wait.isOver) return undefined;
    wait.isOver = true;
    open -= 1;
    if (open === 0) stop();
    return wait.done;
  };
  return (ms, done) => {
    const since = now();
    const wait = { at: since + ms, done, isOver: false };
    waits.push(wait);
    open += 1;
    const by = since + Math.min(ms, tickMs);
    if (by < armedFor) arm(by, since);
    return () => void end(wait);
  };
}
