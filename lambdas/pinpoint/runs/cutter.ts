import type { Recipient, Skip } from './expand.ts';
import type { Entry, Lot, SkippedEntry, SliceObject } from './run.ts';

/** A slice holds at most so many recipients (design.md, "Fan-out"), and so many skipped ones beside them. */
export const SLICE_SIZE = 1000;
export const MAX_SKIPPED = 2000;

/**
 * A lot for each treatment and zone: of hundreds, most slices are far from full, and all of them together would not fit into
 * a function's memory. The fullest one is cut early when so many characters of them wait.
 */
export const MAX_OPEN_CHARS = 6 * 1024 * 1024;

const keyOf = ({ kind, treatmentId, startAt }: Lot): string => `${treatmentId}\0${kind}\0${startAt ?? ''}`;

/** What an entry without values takes beside its ids. */
const ENTRY_CHARS = 40;

const valueChars = (value: NonNullable<Entry['v']>[number]): number => {
  if (typeof value === 'string') return value.length;
  return Array.isArray(value) ? value.reduce((sum: number, each: string) => sum + each.length, 0) : 8;
};

/** About as many characters as the entry has as JSON. */
const charsOf = ({ e, u = '', v = [] }: Entry): number =>
  v.reduce<number>((sum, value) => sum + valueChars(value), ENTRY_CHARS + e.length + u.length);

interface Open {
  readonly lot: Lot;
  readonly entries: Entry[];
  chars: number;
}

/** Cuts recipients into slices of one lot each; skipped ones travel with the slice of their treatment that is cut next. */
export class Cutter {
  readonly #lots = new Map<string, Open>();
  readonly #skipped = new Map<string, { readonly kind: string; readonly entries: SkippedEntry[] }>();
  #chars = 0;

  /** Takes recipients and skipped ones and returns the slices that are full, or have to be cut early. */
  *add(recipients: Iterable<Recipient>, skipped: Iterable<Skip>): Generator<SliceObject> {
    for (const { lot, entry } of recipients) {
      const open = this.#openFor(lot);
      const chars = charsOf(entry);
      open.entries.push(entry);
      open.chars += chars;
      this.#chars += chars;
      if (open.entries.length >= SLICE_SIZE) yield this.#cut(open);
      else if (this.#chars > MAX_OPEN_CHARS) yield this.#cut(this.#largest());
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
    for (const open of [...this.#lots.values()]) yield this.#cut(open);
    for (const [treatmentId, { kind }] of [...this.#skipped]) yield this.#skippedOnly(treatmentId, kind);
  }

  #openFor(lot: Lot): Open {
    const key = keyOf(lot);
    const open = this.#lots.get(key) ?? { lot, entries: [], chars: 0 };
    if (open.entries.length === 0) this.#lots.set(key, open);
    return open;
  }

  #largest(): Open {
    const all = [...this.#lots.values()];
    return all.reduce((largest, open) => (open.chars > largest.chars ? open : largest));
  }

  #cut({ lot, entries, chars }: Open): SliceObject {
    this.#lots.delete(keyOf(lot));
    this.#chars -= chars;
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
