/** Rows of a list against the people who are known. Pure but for what is passed in. */

import type { Unmatched } from './ports.ts';
import type { Row } from './read-upload.ts';
import { type Kind, keyOf, REASONS } from './values.ts';

/** Longer than any id or address: what is told again of a row that is none, in characters. */
const LONGEST_TOLD = 254;

/** Where the value of a row stood. */
interface Place {
  readonly part: number;
  readonly line: number;
  readonly written: string;
}

/** Values of a list, each once, until it is known of whom they are. */
export class Rows {
  duplicates = 0;
  matched = 0;
  readonly members = new Set<string>();
  private readonly malformed: Unmatched[] = [];
  private readonly places = new Map<string, Place>();
  private readonly found = new Set<string>();

  constructor(private readonly kind: Kind) {}

  add(part: number, rows: readonly Row[]): void {
    for (const [line, written] of rows) {
      const key = keyOf(this.kind, written);
      if (key === undefined)
        this.malformed.push([part, line, written.slice(0, LONGEST_TOLD), REASONS[this.kind].malformed]);
      else if (this.places.has(key)) this.duplicates++;
      else this.places.set(key, { part, line, written });
    }
  }

  /** What is looked for. */
  keys(): string[] {
    return [...this.places.keys()];
  }

  /** Somebody whose value this is; nothing happens when the list does not have it. */
  meet(key: string, userId: string): void {
    if (!this.places.has(key)) return;
    if (!this.found.has(key)) this.matched++;
    this.found.add(key);
    this.members.add(userId);
  }

  /** In the order of the upload. */
  unmatched(): Unmatched[] {
    const nobody = [...this.places].flatMap(([key, { part, line, written }]): Unmatched[] =>
      this.found.has(key) ? [] : [[part, line, written, REASONS[this.kind].nobody]],
    );
    return [...this.malformed, ...nobody].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  }
}
