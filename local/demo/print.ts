/** Plain printing for people who watch a demo. */

let steps = 0;

/** A numbered heading. */
export function step(title: string): void {
  steps += 1;
  console.log(`\n${steps}. ${title}`);
}

export const line = (text: string): void => console.log(`   ${text}`);

/** Rows under their column names, each column as wide as it needs. */
export function table(rows: readonly Readonly<Record<string, string>>[]): void {
  const columns = Object.keys(rows[0] ?? {});
  const widths = columns.map((column) =>
    Math.max(column.length, ...rows.map((row) => (row[column] ?? '').length)),
  );
  const shown = (cells: readonly string[]) =>
    cells.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join('  ');
  line(shown(columns));
  for (const row of rows) line(shown(columns.map((column) => row[column] ?? '')));
}
