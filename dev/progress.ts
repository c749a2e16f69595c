/** Nothing is said of what is done sooner. */
const quietMs = 2000;

export interface Progress {
  /** Follows some work; should it last, a line says every other second what is still going on. */
  follow: <T>(part: string, work: Promise<T>) => Promise<T>;
  /** Says in words what a part is busy with. */
  doing: (part: string, what: string) => void;
  end: () => void;
}

/** Tells a waiting person what is being waited for. */
export function createProgress(print: (line: string) => void): Progress {
  const running = new Map<string, { since: number; what: string }>();
  const timer = setInterval(() => {
    const now = performance.now();
    const slow = [...running]
      .filter(([, { since }]) => now - since >= quietMs)
      .map(([part, { since, what }]) => `${part}${what} (${Math.floor((now - since) / 1000)} s)`);
    if (slow.length > 0) print(`… ${slow.join(", ")}`);
  }, quietMs);
  timer.unref();
  return {
    follow: async (part, work) => {
      running.set(part, { since: performance.now(), what: "" });
      try {
        return await work;
      } finally {
        running.delete(part);
      }
    },
    doing: (part, what) => {
      const entry = running.get(part);
      if (entry !== undefined) entry.what = `: ${what}`;
    },
    end: () => clearInterval(timer),
  };
}
