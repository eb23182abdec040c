import type { Expansion } from './expand.ts';
import type { Entry, SkippedEntry, SliceObject } from './run.ts';

/** A slice holds at most so many recipients (design.md, "Fan-out"), and so many skipped ones beside them. */
export const SLICE_SIZE = 1000;
export const MAX_SKIPPED = 2000;

/** Cuts recipients into slices of one channel kind each; skipped ones travel with the slice that is cut next. */
export class Cutter {
  readonly #entries = new Map<string, Entry[]>();
  #skipped: SkippedEntry[] = [];

  /** Takes an expansion and returns the slices that are full. */
  *add({ entries, skipped }: Pick<Expansion, 'entries' | 'skipped'>): Generator<SliceObject> {
    for (const { kind, entry } of entries) {
      const open = this.#entries.get(kind) ?? [];
      if (open.length === 0) this.#entries.set(kind, open);
      open.push(entry);
      if (open.length >= SLICE_SIZE) yield this.#cut(kind);
    }
    for (const skip of skipped) {
      this.#skipped.push(skip);
      if (this.#skipped.length >= MAX_SKIPPED) yield this.#cut(undefined);
    }
  }

  /** The rest, in slices that are not full. */
  *rest(): Generator<SliceObject> {
    for (const kind of [...this.#entries.keys()]) yield this.#cut(kind);
    if (this.#skipped.length > 0) yield this.#cut(undefined);
  }

  #cut(kind: string | undefined): SliceObject {
    const entries = kind === undefined ? [] : (this.#entries.get(kind) ?? []);
    if (kind !== undefined) this.#entries.delete(kind);
    const skipped = this.#skipped;
    this.#skipped = [];
    return { kind: kind ?? '', entries, skipped };
  }
}

/** How many recipients were skipped, by reason. */
export function skippedByReason(skipped: readonly SkippedEntry[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { r } of skipped) counts[r] = (counts[r] ?? 0) + 1;
  return counts;
}
