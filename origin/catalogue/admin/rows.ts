/**
 * The row of a statement that gives exactly one.
 * @throws Error when there is none: the statement is wrong
 */
export function onlyRow<T>(rows: readonly T[]): T {
  const [row] = rows;
  if (row === undefined) throw new Error("the statement gave no row");
  return row;
}
