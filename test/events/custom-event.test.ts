/** A custom event is a file dropped into the tracking plan (docs/tracking-plan.md): from the file to the row. */
import { randomUUID } from 'node:crypto';
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { arrivalOf } from '../../lambdas/events/arrival.ts';
import { parseView } from '../../lib/shared/view-files.ts';
import { generatePlan } from '../../scripts/compile-schemas.ts';
import { eventsPart } from '../../scripts/docs/plan-page.ts';
import { withRecommended } from '../../scripts/docs/recommended.ts';
import { readPlan } from '../../scripts/plan-files.ts';
import { generateTrackerPlan } from '../../scripts/tracker-plan.ts';
import { temporaryFolder } from '../local/aws/support/folder.ts';
import { countedIds, memoryQuarantine, memoryStream, pseudonyms } from './quarantine/support/memory.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const PLAN = join(ROOT, 'schemas', 'events', 'plan');
const NOW = Date.UTC(2026, 10, 21, 12);

/** The very file that the page tells operators to write. */
function documented(): Record<string, unknown> {
  const page = readFileSync(join(ROOT, 'docs', 'tracking-plan.md'), 'utf8');
  const [, text = ''] = /## A custom event[\s\S]*?```json\n([\s\S]*?)```/.exec(page) ?? [];
  return JSON.parse(text) as Record<string, unknown>;
}

/** A plan of one file, and of those of the deployed plan that are named. */
function planWith(file: string, text: string, others: readonly string[] = []): string {
  const folder = join(temporaryFolder(), 'plan');
  mkdirSync(folder);
  for (const one of others) cpSync(join(PLAN, one), join(folder, one));
  writeFileSync(join(folder, file), text);
  return folder;
}

describe('a file dropped into the tracking plan', () => {
  const folder = planWith(
    'wishlist_add.json',
    JSON.stringify(documented()),
    readdirSync(PLAN).filter((name) => name.endsWith('.json')),
  );

  beforeAll(async () => {
    generatePlan(folder);
    const made = await import(pathToFileURL(join(folder, 'generated', 'plan.js')).href);
    // Test files share their worker's modules: what was loaded with the deployed plan is loaded anew with this one, and back.
    vi.resetModules();
    vi.doMock('../../schemas/events/plan/generated/plan.js', () => made);
  });
  afterAll(() => {
    vi.doUnmock('../../schemas/events/plan/generated/plan.js');
    vi.resetModules();
  });

  async function collect(properties: Record<string, unknown>) {
    const { collectEvents } = await import('../../lambdas/events/collect-events.ts');
    const [stream, quarantine] = [memoryStream(), memoryQuarantine()];
    const ctx = { actor: 'key', requestId: 'r-1', now: NOW, deadline: NOW + 1000 };
    const event = {
      event_id: randomUUID(),
      name: 'wishlist_add',
      occurred_at: NOW,
      user_id: 'u1',
      properties,
    };
    const result = await collectEvents({ stream, quarantine, ids: countedIds(), pseudonyms }, ctx, {
      body: [event],
      arrival: arrivalOf({ door: 'private' }, {}, NOW),
    });
    return { result, rows: stream.rows(), kept: quarantine.all() };
  }

  it('has its events accepted, with its version and its personal properties hashed', async () => {
    const { result, rows } = await collect({
      item_id: 'P1',
      price: 9,
      friend_email: 'lee@example.com',
      colour: 'red',
    });
    expect(result).toMatchObject({ accepted: 1, rejected: 0 });
    expect(rows[0]).toMatchObject({ name: 'wishlist_add', schema_version: 1 });
    expect(JSON.parse(rows[0]?.properties ?? '')).toEqual({
      item_id: 'P1',
      price: 9,
      colour: 'red',
      friend_email: (await pseudonyms())('lee@example.com'),
    });
  });

  it('has those that break it kept in quarantine, with the reasons', async () => {
    const { result, rows, kept } = await collect({ price: -1 });
    expect(rows).toEqual([]);
    expect(result.errors[0]?.problems?.map(({ field }) => field).sort()).toEqual([
      'properties.item_id',
      'properties.price',
    ]);
    expect(kept[0]).toMatchObject({ name: 'wishlist_add', quarantine_id: result.errors[0]?.quarantine_id });
    expect(kept[0]?.reasons).toHaveLength(2);
  });

  it('is on the page of the plan', () => {
    const page = eventsPart(readPlan(folder));
    expect(page).toContain('| [wishlist_add](#wishlist_add) | item_id | price | friend_email (hash) |');
    expect(page).toContain('A product was put on the wish list. Version 1.');
  });

  it('is in the view by which the quality view counts what is missing', () => {
    const view = readFileSync(join(ROOT, 'lib', 'events', 'views', 'recommended_properties.sql'), 'utf8');
    const told = withRecommended(view, readPlan(folder));
    expect(parseView('lib/events/views/recommended_properties.sql', told).sql).toContain(
      "('wishlist_add', 'price')",
    );
    expect(told.replace(/,\n {2}\('wishlist_add', 'price'\)/, '')).toBe(view);
  });

  it('is what the tracker knows by name and type', async () => {
    const into = temporaryFolder();
    await generateTrackerPlan(folder, into);
    expect(readFileSync(join(into, 'names.ts'), 'utf8')).toContain('"wishlist_add"');
    const types = readFileSync(join(into, 'plan.ts'), 'utf8');
    expect(types).toContain('wishlist_add: WishlistAdd;');
    expect(types).toMatch(/interface WishlistAdd \{[^}]*item_id: string;[^}]*price\?: number;/);
  });
});

describe('a wrong file stops the generation, with its name and the reason:', () => {
  const changed = (more: Record<string, unknown>) => JSON.stringify({ ...documented(), ...more });
  it.each([
    ['a name in camel case', 'WishlistAdd.json', changed({}), /snake_case/],
    ['another title', 'wishlist_add.json', changed({ title: 'wish' }), /"title"/],
    ['no version', 'wishlist_add.json', changed({ 'x-version': undefined }), /"x-version"/],
    ['no description', 'wishlist_add.json', changed({ description: undefined }), /"description"/],
    ['an unknown keyword', 'wishlist_add.json', changed({ 'x-pi': true }), /unknown keyword: "x-pi"/],
    [
      'a keyword that checks nothing',
      'wishlist_add.json',
      changed({ properties: { item_id: { type: 'string', minimum: 1 }, price: {} }, examples: [] }),
      /minimum/,
    ],
    [
      'a recommended property that is not defined',
      'wishlist_add.json',
      changed({ 'x-recommended': ['colour'] }),
      /"colour"/,
    ],
    [
      'a required property that is not defined',
      'wishlist_add.json',
      changed({ required: ['colour'] }),
      /"colour"/,
    ],
    ['a property that is no name', 'wishlist_add.json', changed({ properties: { itemId: {} } }), /"itemId"/],
    [
      'another mark than hash or drop',
      'wishlist_add.json',
      changed({ properties: { item_id: { 'x-pii': 'mask' }, price: {} } }),
      /"mask"; allowed/,
    ],
    [
      'an object to hash',
      'wishlist_add.json',
      changed({ properties: { item_id: { type: 'object', 'x-pii': 'hash' }, price: {} }, examples: [] }),
      /of type object/,
    ],
    [
      'a mark where none is looked for',
      'wishlist_add.json',
      changed({ $defs: { email: { type: 'string', 'x-pii': 'hash' } } }),
      /stands elsewhere/,
    ],
    [
      'an example that is not valid',
      'wishlist_add.json',
      changed({ examples: [{ price: 1 }] }),
      /example is not valid/,
    ],
    ['text that is no JSON', 'wishlist_add.json', '{', /JSON/],
  ])('%s', (_, file, text, reason) => {
    const folder = planWith(file, text);
    const generate = () => generatePlan(folder);
    expect(generate).toThrow(reason);
    expect(generate).toThrow(join(folder, file));
  });
});
