import { DomainError } from "../../errors.ts";

export interface TurnsOptions {
  /** So many at a time. */
  readonly most: number;
  /** How long somebody waits for a turn, in milliseconds. */
  readonly waitMsMax: number;
}

interface Waiting {
  readonly begin: () => void;
  readonly timer: ReturnType<typeof setTimeout>;
}

/**
 * Lets a few pieces of work be done at a time; others wait for a turn, first come, first served.
 * @returns a function that does a piece of work in its turn. It throws what the work throws; DomainError
 * `service-unavailable` when its turn did not come in time: then it was not begun
 */
export function takeTurns({ most, waitMsMax }: TurnsOptions) {
  const waiting = new Set<Waiting>();
  let busy = 0;

  function turn(): Promise<void> {
    if (busy < most) {
      busy += 1;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        waiting.delete(one);
        reject(noTurn());
      }, waitMsMax);
      const one = { begin: resolve, timer };
      waiting.add(one);
    });
  }

  /** Hands the turn to whoever has waited longest. */
  function done(): void {
    const [next] = waiting;
    if (!next) {
      busy -= 1;
      return;
    }
    waiting.delete(next);
    clearTimeout(next.timer);
    next.begin();
  }

  return async <T>(work: () => Promise<T>): Promise<T> => {
    await turn();
    try {
      return await work();
    } finally {
      done();
    }
  };
}

function noTurn(): DomainError {
  return new DomainError("service-unavailable", "Too many searches wait for the database.", {
    retryAfterSeconds: 1,
  });
}
