/** Reads GA360 hit files: as events by the mapping, and as plain counts that owe nothing to the mapping's code. */
import { createReadStream, readFileSync } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { parse } from 'csv-parse';
import { type MappedEvent, type Mapping, mapRow, type Row } from './mapping.ts';

const mapping = JSON.parse(readFileSync(new URL('ga360.mapping.json', import.meta.url), 'utf8')) as Mapping;

async function* rows(file: string): AsyncGenerator<Row> {
  const bytes = createReadStream(file);
  const text = file.endsWith('.gz') ? bytes.pipe(createGunzip()) : bytes;
  yield* text.pipe(parse({ columns: true })) as AsyncIterable<Row>;
}

/** The file's events in order, in batches of at most `size`. */
export async function* batches(file: string, size: number): AsyncGenerator<MappedEvent[]> {
  let batch: MappedEvent[] = [];
  for await (const row of rows(file)) {
    batch.push(mapRow(mapping, row));
    if (batch.length === size) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}

export interface Count {
  events: number;
  users: number;
}

/** What each hit type is called in the tracking plan, said once more in plain words: the check must not trust the mapping. */
const NAMES: Readonly<Record<string, string>> = {
  page_view: 'page_view',
  product_click: 'select_item',
  promotion_click: 'select_promotion',
  product_view: 'view_item',
  add_to_cart: 'add_to_cart',
  remove_from_cart: 'remove_from_cart',
  checkout: 'begin_checkout',
  interaction: 'interaction',
};

function nameOf(row: Row): string {
  const type = row['event_type'] ?? '';
  if (type === 'purchase') return row['order_revenue'] ? 'purchase' : 'purchase_confirmation_view';
  return NAMES[type] ?? `unknown ${type}`;
}

/** Events and distinct users per event name, straight from the CSV files; a hit that is in two files counts once. */
export async function countFiles(files: readonly string[]): Promise<Map<string, Count>> {
  const hits = new Map<string, Set<string>>();
  const users = new Map<string, Set<string>>();
  const into = (sets: Map<string, Set<string>>, name: string, member: string) => {
    const set = sets.get(name) ?? new Set();
    sets.set(name, set.add(member));
  };
  for (const file of files) {
    for await (const row of rows(file)) {
      const name = nameOf(row);
      into(hits, name, `${row['session_id']} ${row['store_date']} ${row['hit_number']}`);
      into(users, name, row['user_id'] ?? '');
    }
  }
  return new Map(
    [...hits].map(([name, ids]) => [name, { events: ids.size, users: users.get(name)?.size ?? 0 }]),
  );
}
