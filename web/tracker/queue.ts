/** Events on their way to the collector: in memory, and on the device where that is allowed. Pure. */

/** A place on the device that outlives the page. It never throws: what it cannot keep is in memory only. */
export interface Store {
  keys(): readonly string[];
  get(key: string): string | null;
  set(key: string, value: string): void;
  remove(key: string): void;
}

export interface Entry {
  /** Where the store has it. */
  readonly key: string;
  /** The event as JSON. */
  text: string;
  /** Of `text` in UTF-8. */
  bytes: number;
  /** Another page put it there; that page may still be open in another tab. */
  adopted: boolean;
}

export const MAX_BATCH_EVENTS = 50;
/** Browsers let 64 KiB of `keepalive` requests be under way at a time, which the page's other scripts share. */
export const MAX_FLYING_BYTES = 60_000;
export const MAX_KEPT_EVENTS = 1000;
/** Of the 5 MB that the shop's own scripts share. */
export const MAX_KEPT_BYTES = 500_000;
/** Older events would be filed under the day they arrive (spec §1, "Time"), so nobody would find them. */
export const MAX_AGE_MS = 7 * 24 * 60 * 60 * 1000;

const PREFIX = 'repoint:';
const encoder = new TextEncoder();
const bytesOf = (text: string): number => encoder.encode(text).length;
const total = (entries: Iterable<Entry>): number => {
  let bytes = 0;
  for (const entry of entries) bytes += entry.bytes;
  return bytes;
};
/** A key tells the event's time, so that order and age are known without reading what lies there. */
const keyedAt = (key: string): number => Number(key.slice(PREFIX.length).split(':')[0]);

export type Queue = ReturnType<typeof createQueue>;

/**
 * One key of the store per event: tabs of one shop share the store, and with a single list one tab would overwrite
 * what another has just put there. An event leaves the store when the collector has answered for it.
 */
export function createQueue(store: Store) {
  let entries: Entry[] = [];
  let kept = true;
  const flying = new Set<Entry>();

  const remove = (gone: readonly Entry[]): void => {
    for (const entry of gone) store.remove(entry.key);
    entries = entries.filter((entry) => !gone.includes(entry));
  };
  const overfull = (): boolean => entries.length > MAX_KEPT_EVENTS || total(entries) > MAX_KEPT_BYTES;
  const stored = (): string[] => store.keys().filter((key) => key.startsWith(PREFIX));

  /** These are under way no more; once the collector has answered for them, whatever it said, they are gone. */
  const landed = (batch: readonly Entry[], answered: boolean): void => {
    for (const entry of batch) flying.delete(entry);
    if (answered) remove(batch);
  };

  return {
    landed,

    /** Takes over what earlier pages left unanswered, oldest first; what is too old is thrown away. */
    adopt(now: number): void {
      const found: Entry[] = [];
      for (const key of stored().sort()) {
        const text = store.get(key);
        if (text === null || entries.some((entry) => entry.key === key)) continue;
        const entry = { key, text, bytes: bytesOf(text), adopted: true };
        if (now - keyedAt(key) < MAX_AGE_MS && entry.bytes <= MAX_FLYING_BYTES) found.push(entry);
        else store.remove(key);
      }
      entries = [...found, ...entries];
    },

    /** False when the event is too large to be sent. When the queue is full its oldest events make room. */
    add(at: number, id: string, text: string): boolean {
      const entry = { key: `${PREFIX}${at}:${id}`, text, bytes: bytesOf(text), adopted: false };
      if (entry.bytes > MAX_FLYING_BYTES) return false;
      entries.push(entry);
      if (kept) store.set(entry.key, text);
      for (const oldest of entries.filter((one) => !flying.has(one))) {
        if (!overfull()) break;
        remove([oldest]);
      }
      return true;
    },

    /** The next events to send, none of which is under way; empty when there are none, or no room beside what is. */
    take(): readonly Entry[] {
      // Gone from the store means that the tab it came from has had its answer.
      entries = entries.filter((one) => !one.adopted || flying.has(one) || store.get(one.key) !== null);
      const batch: Entry[] = [];
      let bytes = total(flying);
      for (const entry of entries) {
        if (flying.has(entry)) continue;
        bytes += entry.bytes;
        if (bytes > MAX_FLYING_BYTES || batch.length === MAX_BATCH_EVENTS) break;
        batch.push(entry);
      }
      for (const entry of batch) flying.add(entry);
      return batch;
    },

    /** Empties the device and keeps nothing there any more; what is in memory goes on as `rewrite` leaves it. */
    forget(rewrite: (text: string) => string | undefined): void {
      kept = false;
      for (const key of stored()) store.remove(key);
      // In place, so that what is under way comes back rewritten when it fails.
      entries = entries.filter((entry) => {
        const text = rewrite(entry.text);
        if (text !== undefined) Object.assign(entry, { text, bytes: bytesOf(text), adopted: false });
        return text !== undefined;
      });
    },

    /** New events are kept on the device again. */
    remember(): void {
      kept = true;
    },

    size: (): number => entries.length,
  };
}
