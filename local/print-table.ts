type Rows = readonly Readonly<Record<string, string>>[];

/** Rows under their column names as lines of plain text; a wide column is as wide as its widest value. */
export function tableLines(rows: Rows): string[] {
  const columns = Object.keys(rows[0] ?? {});
  if (columns.length === 0) return [];
  const width = (column: string): number =>
    Math.max(column.length, ...rows.map((row) => (row[column] ?? '').length));
  const widths = columns.map(width);
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join('  ')
      .trimEnd();
  const rule = widths.map((size) => '-'.repeat(size));
  return [columns, rule, ...rows.map((row) => columns.map((column) => row[column] ?? ''))].map(line);
}

/** Prints rows as a table, and how many there are. */
export function print(rows: Rows): void {
  for (const line of tableLines(rows)) console.log(line);
  console.log(`(${rows.length} ${rows.length === 1 ? 'row' : 'rows'})`);
}
