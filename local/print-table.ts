/** Prints rows as a table of plain text; a wide column is as wide as its widest value. */
export function print(rows: readonly Readonly<Record<string, string>>[]): void {
  const columns = Object.keys(rows[0] ?? {});
  const width = (column: string): number =>
    Math.max(column.length, ...rows.map((row) => (row[column] ?? '').length));
  const widths = columns.map(width);
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join('  ')
      .trimEnd();
  if (columns.length > 0) {
    console.log(line(columns));
    console.log(line(widths.map((size) => '-'.repeat(size))));
  }
  for (const row of rows) console.log(line(columns.map((column) => row[column] ?? '')));
  console.log(`(${rows.length} ${rows.length === 1 ? 'row' : 'rows'})`);
}
