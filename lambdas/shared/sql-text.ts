/** A text literal of Trino and DuckDB: the only way a value gets into a statement here. Neither knows backslash escapes. */
export function sqlText(value: string): string {
  if (value.includes('\0')) throw new Error('A text literal cannot hold U+0000');
  return `'${value.replaceAll("'", "''")}'`;
}

/** A timestamp literal in UTC, milliseconds, from epoch milliseconds. */
export const sqlTimestamp = (ms: number): string =>
  `TIMESTAMP '${new Date(ms).toISOString().replace('T', ' ').replace('Z', '')}'`;
