import { tableLines } from '../print-table.ts';

/** Plain printing for people who watch a demo. */

let steps = 0;

/** A numbered heading. */
export function step(title: string): void {
  steps += 1;
  console.log(`\n${steps}. ${title}`);
}

export const line = (text: string): void => console.log(`   ${text}`);

/** Rows as a table, indented like everything under a step. */
export function table(rows: readonly Readonly<Record<string, string>>[]): void {
  for (const text of tableLines(rows)) line(text);
}
