/** Calls `done` once, after so long. @returns takes it back */
export type SetTimer = (ms: number, done: () => void) => () => void;

interface Wait {
  readonly at: number;
  readonly done: () => void;
}

/** The runtime's own. */
export const plainTimer: SetTimer = (ms, done) => {
  const timer = setTimeout(done, ms);
  return () => clearTimeout(timer);
};

/**
 * All waits of one request behind one timer of the runtime: each of those costs as much as reading a small answer, and a
 * request that is answered soon needs none of them to go off.
 * @param now Unix milliseconds
 */
export function oneTimer(now: () => number): SetTimer {
  const waits = new Set<Wait>();
  let armedFor = Number.POSITIVE_INFINITY;
  let disarm: (() => void) | undefined;
  /** Now, for all that begin together: a look at the clock is not free either. */
  let beginning: number | undefined;
  const arm = (since: number) => {
    beginning = undefined;
    const first = Math.min(...Array.from(waits, ({ at }) => at));
    if (first >= armedFor) return; // it goes off for nothing then, and is set anew
    disarm?.();
    armedFor = first;
    disarm = plainTimer(Math.max(0, first - since), goOff);
  };
  const goOff = () => {
    // A clock that stands still must not keep anybody waiting.
    const at = Math.max(armedFor, now());
    [armedFor, disarm] = [Number.POSITIVE_INFINITY, undefined];
    const due = Array.from(waits).filter((wait) => wait.at <= at);
    for (const wait of due) waits.delete(wait);
    for (const { done } of due) done();
    arm(at);
  };
  return (ms, done) => {
    const since = beginning ?? now();
    const wait = { at: since + ms, done };
    waits.add(wait);
    // Not before all that begin together have said when: mostly the last one is the first to be due.
    if (beginning === undefined) void Promise.resolve().then(() => arm(since));
    beginning = since;
    return () => {
      waits.delete(wait);
      if (waits.size > 0) return;
      disarm?.();
      [armedFor, disarm] = [Number.POSITIVE_INFINITY, undefined];
    };
  };
}
