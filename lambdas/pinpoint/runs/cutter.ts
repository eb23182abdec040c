import type { Recipient, Skip } from './expand.ts';
import type { Entry, Lot, SkippedEntry, SliceObject } from './run.ts';

/** A slice holds at most so many recipients (design.md, "Fan-out"), and so many skipped ones beside them. */
export const SLICE_SIZE = 1000;
export const MAX_SKIPPED = 2000;

const keyOf = ({ kind, treatmentId, startAt }: Lot): string => `${treatmentId}\0${kind}\0${startAt ?? ''}`;

/** Cuts recipients into slices of one lot each; skipped ones travel with the slice of their treatment that is cut next. */
export class Cutter {
  readonly #lots = new Map<string, { readonly lot: Lot; readonly entries: Entry[] }>();
  readonly #skipped = new Map<string, { readonly kind: string; readonly entries: SkippedEntry[] }>();

  /** Takes recipients and skipped ones and returns the slices that are full. */
  *add(recipients: Iterable<Recipient>, skipped: Iterable<Skip>): Generator<SliceObject> {
    for (const { lot, entry } of recipients) {
      const key = keyOf(lot);
      const open = this.#lots.get(key) ?? { lot, entries: [] };
      if (open.entries.length === 0) this.#lots.set(key, open);
      open.entries.push(entry);
      if (open.entries.length >= SLICE_SIZE) yield this.#cut(key, open);
    }
    for (const { treatmentId, kind, entry } of skipped) {
      const of = this.#skipped.get(treatmentId) ?? { kind, entries: [] };
      if (of.entries.length === 0) this.#skipped.set(treatmentId, of);
      of.entries.push(entry);
      if (of.entries.length >= MAX_SKIPPED) yield this.#skippedOnly(treatmentId, kind);
    }
  }

  /** The rest, in slices that are not full. */
  *rest(): Generator<SliceObject> {
    for (const [key, open] of [...this.#lots]) yield this.#cut(key, open);
    for (const [treatmentId, { kind }] of [...this.#skipped]) yield this.#skippedOnly(treatmentId, kind);
  }

  #cut(key: string, { lot, entries }: { readonly lot: Lot; readonly entries: Entry[] }): SliceObject {
    this.#lots.delete(key);
    return { ...lot, entries, skipped: this.#takeSkipped(lot.treatmentId) };
  }

  /** Of one of their kinds: a worker needs one, though it calls nobody. */
  #skippedOnly(treatmentId: string, kind: string): SliceObject {
    return { kind, treatmentId, entries: [], skipped: this.#takeSkipped(treatmentId) };
  }

  #takeSkipped(treatmentId: string): SkippedEntry[] {
    const skipped = this.#skipped.get(treatmentId)?.entries ?? [];
    this.#skipped.delete(treatmentId);
    return skipped;
  }
}

/** How many recipients were skipped, by reason. */
export function skippedByReason(skipped: readonly SkippedEntry[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { r } of skipped) counts[r] = (counts[r] ?? 0) + 1;
  return counts;
}
