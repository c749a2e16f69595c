/** Rows as lines with aligned columns, the first row set off as the heading. */
export function formatTable(heading: readonly string[], rows: readonly string[][]): string[] {
  const all = [heading, ...rows];
  const widths = heading.map((_, column) =>
    Math.max(...all.map((row) => row[column]?.length ?? 0)),
  );
  const format = (row: readonly string[]) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd();
  return [format(heading), format(widths.map((width) => "─".repeat(width))), ...rows.map(format)];
}
