/** Reads GA360 hit files: as events by the mapping, and as plain counts that owe nothing to the mapping's code. */
import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { parse } from 'csv-parse';
import { type MappedEvent, type Mapping, mapRow, type Row } from './mapping.ts';

const mapping = JSON.parse(readFileSync(new URL('ga360.mapping.json', import.meta.url), 'utf8')) as Mapping;

async function* rows(file: string): AsyncGenerator<Row> {
  const bytes = createReadStream(file);
  const text = file.endsWith('.gz') ? bytes.pipe(createGunzip()) : bytes;
  yield* text.pipe(parse({ columns: true })) as AsyncIterable<Row>;
}

/** Referrer, utm and device of a session, as a browser that came from there would tell them. */
function entranceOf({ source = '', medium = '', campaign = '', referral_path = '', device = '' }: Row): Row {
  if (source === '(direct)' || source === '') return { device };
  if (medium === 'organic') {
    const host = source.includes('.') ? source : `www.${source}`;
    return { device, referrer: `https://${host}.com/` };
  }
  if (medium === 'referral') return { device, referrer: `https://${source}${referral_path || '/'}` };
  const set = (value: string) => (value === '(not set)' ? '' : value);
  return { device, utm_source: source, utm_medium: set(medium), utm_campaign: set(campaign) };
}

/** By session and store date; nothing where the file of sessions does not lie beside that of the hits. */
async function entrances(file: string): Promise<ReadonlyMap<string, Row>> {
  const beside = file.replace(/events-([^/]*)$/, 'sessions-$1');
  const found = new Map<string, Row>();
  if (beside === file || !existsSync(beside)) return found;
  for await (const row of rows(beside)) found.set(sessionOf(row), entranceOf(row));
  return found;
}

const sessionOf = (row: Row): string => `${row['session_id']} ${row['store_date']}`;

/** The file's events in order, in batches of at most `size`, with where their sessions came from. */
export async function* batches(file: string, size: number): AsyncGenerator<MappedEvent[]> {
  let batch: MappedEvent[] = [];
  const known = await entrances(file);
  for await (const row of rows(file)) {
    batch.push(mapRow(mapping, { ...row, ...known.get(sessionOf(row)) }));
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
