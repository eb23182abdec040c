import { createHash } from 'node:crypto';
import { pseudonymOf } from '../../../../lambdas/events/pseudonym.ts';
import type {
  ErrorFiles,
  QuarantineKeeper,
  QuarantineStore,
} from '../../../../lambdas/events/quarantine/ports.ts';
import type { QuarantinedEvent } from '../../../../lambdas/events/quarantine/quarantined-event.ts';
import type { EventRow } from '../../../../lambdas/events/row.ts';
import type { StreamRecord, StreamWriter } from '../../../../lambdas/shared/stream-writer.ts';

/** Quarantine in memory, its objects listed a few a page. */
export function memoryQuarantine(
  pageSize = 3,
): QuarantineKeeper & QuarantineStore & { all(): QuarantinedEvent[] } {
  const objects = new Map<string, string>();
  let writings = 0;
  const versions = new Map<string, string>();
  const write = (object: string, events: readonly QuarantinedEvent[]) => {
    objects.set(object, JSON.stringify(events));
    versions.set(object, `v${writings++}`);
  };
  return {
    keep: async (object, events) => write(object, events),
    async list(day, after) {
      const start = `${day.replaceAll('-', '')}-${after}`;
      const found = [...objects.keys()]
        .filter((key) => key.startsWith(start.slice(0, 8)) && key > start)
        .sort();
      return { objects: found.slice(0, pageSize), more: found.length > pageSize };
    },
    async read(object) {
      const text = objects.get(object);
      if (text === undefined) return undefined;
      return { object, version: versions.get(object) ?? '', events: JSON.parse(text) as QuarantinedEvent[] };
    },
    async replace({ object, version, events }) {
      if (versions.get(object) !== version) return false;
      write(object, events);
      return true;
    },
    async remove(object) {
      objects.delete(object);
      versions.delete(object);
    },
    all: () =>
      [...objects.keys()].sort().flatMap((key) => JSON.parse(objects.get(key) ?? '[]') as QuarantinedEvent[]),
  };
}

/** Error files in memory; a piece holds `linesAtOnce` lines. */
export function memoryErrors(
  files: Record<string, string[]>,
  linesAtOnce = 2,
): ErrorFiles & { keys(): string[] } {
  const left = new Map(Object.entries(files));
  return {
    list: async (after) => ({ keys: [...left.keys()].sort().filter((key) => key > after), more: false }),
    async read(key, from) {
      const lines = left.get(key);
      if (lines === undefined) return undefined;
      const end = from + linesAtOnce;
      return { lines: lines.slice(from, end), next: end < lines.length ? end : undefined };
    },
    remove: async (key) => void left.delete(key),
    keys: () => [...left.keys()].sort(),
  };
}

/** A stream in memory. */
export function memoryStream(): StreamWriter & { records: StreamRecord[]; rows(): EventRow[] } {
  const records: StreamRecord[] = [];
  return {
    records,
    write: async (written) => void records.push(...written),
    rows: () =>
      records.flatMap(({ lines }) =>
        lines.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as EventRow])),
      ),
  };
}

/** Ids that follow from their order. */
export function countedIds() {
  let made = 0;
  return {
    random: () => String(made++).padStart(24, '0'),
    derived: (...parts: readonly string[]) =>
      createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 24),
  };
}

/** Hashes with a key that everybody knows. */
export const pseudonyms = async () => pseudonymOf('key '.repeat(8));
