/** Cells of a CSV file that people open in a spreadsheet. Pure. */

/**
 * What a spreadsheet takes for the beginning of a formula (OWASP, "CSV Injection"), wide forms as well. Phone numbers are no exception:
 * +82-10-1234-5678 is a sum to it, and +821012345678 a number that loses its sign.
 */
const FORMULA = /^'*[=+\-@\t\r\n＝＋－＠]/u;
const GUARDED = /^'+[=+\-@\t\r\n＝＋－＠]/u;

/** The text with an apostrophe before it where a spreadsheet would compute it: so it is shown as it is. */
const guarded = (text: string): string => (FORMULA.test(text) ? `'${text}` : text);

/** A cell as it was before it was guarded: a file of ours that comes back says what was first sent. */
export const unguarded = (cell: string): string => (GUARDED.test(cell) ? cell.slice(1) : cell);

/** Quoted where it holds what tells cells or rows apart. */
export function csvCell(value: string | number): string {
  const text = typeof value === 'number' ? String(value) : guarded(value);
  return /[",;\t\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
