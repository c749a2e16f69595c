/** However little a browser says it has left, so much is done at a time, in milliseconds: it has to end once. */
const sliceMsMin = 2;
/** And no more than this, so that a finger never waits. */
const sliceMsMax = 8;
/** A page that is never idle gives way after so long. */
const waitMsMax = 500;

/**
 * Does what a picture can do without once that picture is out, and then only in the pauses that the browser has: a
 * frame that has been painted still has to be put on the screen, by threads that need the same processors.
 * @param work is called again until it says that all is done; it should return soon after `isOver()`
 * @returns the function that gives it up
 */
export function whenIdle(work: (isOver: () => boolean) => boolean): () => void {
  let isGivenUp = false;
  const slice = (msLeft: number) => {
    if (isGivenUp) return;
    const end = performance.now() + Math.min(sliceMsMax, Math.max(sliceMsMin, msLeft));
    if (!work(() => performance.now() >= end)) next();
  };
  const next = () => {
    if (typeof requestIdleCallback === "function") {
      requestIdleCallback((deadline) => slice(deadline.timeRemaining()), { timeout: waitMsMax });
    } else {
      setTimeout(() => slice(sliceMsMax), sliceMsMax); // Safari
    }
  };
  requestAnimationFrame(() => requestAnimationFrame(next));
  return () => {
    isGivenUp = true;
  };
}
