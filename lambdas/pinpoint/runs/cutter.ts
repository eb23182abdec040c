import type { Recipient, Skip } from './expand.ts';
import { Chunks, type CutSlice, OpenSlice } from './open-slice.ts';
import type { Lot, SkippedEntry } from './run.ts';

/** A slice holds at most so many recipients (design.md, "Fan-out"), and so many skipped ones beside them. */
export const SLICE_SIZE = 1000;
export const MAX_SKIPPED = 2000;
/**
 * There is a lot for each treatment and zone: of hundreds, most slices are far from full, and all of them together would
 * not fit into a function's memory. The largest one is cut early when so many bytes of them wait.
 */
export const MAX_OPEN_BYTES = 8 * 1024 * 1024;

const keyOf = ({ kind, treatmentId, startAt }: Lot): string => `${treatmentId}\0${kind}\0${startAt ?? ''}`;

/** Cuts recipients into slices of one lot each; skipped ones travel with the slice of their treatment that is cut next. */
export class Cutter {
  readonly #open = new Map<string, OpenSlice>();
  readonly #skipped = new Map<string, { readonly kind: string; readonly entries: SkippedEntry[] }>();
  readonly #chunks = new Chunks();
  #bytes = 0;

  /** Takes recipients and skipped ones and returns the slices that are full, or have to be cut early. */
  *add(recipients: Iterable<Recipient>, skipped: Iterable<Skip>): Generator<CutSlice> {
    for (const { lot, entry } of recipients) {
      const slice = this.#openFor(lot);
      this.#bytes += slice.add(entry);
      if (slice.entries >= SLICE_SIZE) yield this.#cut(slice);
      else if (this.#bytes > MAX_OPEN_BYTES) yield this.#cut(this.#largest());
    }
    for (const { treatmentId, kind, entry } of skipped) {
      const of = this.#skipped.get(treatmentId) ?? { kind, entries: [] };
      if (of.entries.length === 0) this.#skipped.set(treatmentId, of);
      of.entries.push(entry);
      if (of.entries.length >= MAX_SKIPPED) yield this.#skippedOnly(treatmentId, kind);
    }
  }

  /** The rest, in slices that are not full. */
  *rest(): Generator<CutSlice> {
    for (const slice of [...this.#open.values()]) yield this.#cut(slice);
    for (const [treatmentId, { kind }] of [...this.#skipped]) yield this.#skippedOnly(treatmentId, kind);
  }

  #openFor(lot: Lot): OpenSlice {
    const key = keyOf(lot);
    const known = this.#open.get(key);
    if (known) return known;
    const slice = new OpenSlice(lot, this.#chunks);
    this.#open.set(key, slice);
    return slice;
  }

  #largest(): OpenSlice {
    return [...this.#open.values()].reduce((largest, slice) => (slice.size > largest.size ? slice : largest));
  }

  #cut(slice: OpenSlice): CutSlice {
    this.#open.delete(keyOf(slice.lot));
    this.#bytes -= slice.size;
    return slice.cut(this.#takeSkipped(slice.lot.treatmentId));
  }

  /** Of one of their kinds: a worker needs one, though it calls nobody. */
  #skippedOnly(treatmentId: string, kind: string): CutSlice {
    return new OpenSlice({ kind, treatmentId }, this.#chunks).cut(this.#takeSkipped(treatmentId));
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
