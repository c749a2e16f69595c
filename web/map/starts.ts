/**
 * Which of several neighbouring parts an index lies in.
 * @param starts first index of each part, ascending, the first at 0
 * @returns the part's number
 */
export function partOf(starts: ArrayLike<number>, index: number): number {
  let [low, high] = [0, starts.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= index) low = middle;
    else high = middle - 1;
  }
  return low;
}
