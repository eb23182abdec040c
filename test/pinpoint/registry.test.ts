import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Registry } from '../../lambdas/pinpoint/ports.ts';
import { dynamoRegistry } from '../../lambdas/pinpoint/registry.aws.ts';
import { memoryRegistry } from './runs/support/memory.ts';
import { startTables, type Tables } from './support/tables.ts';

let tables: Tables;
beforeAll(async () => {
  tables = await startTables();
});
afterAll(() => tables.close());

describe.each([
  ['on DynamoDB', () => dynamoRegistry(tables.registry, tables.client)],
  ['in memory', memoryRegistry],
] as const)('the registry %s', (_where, start) => {
  let registry: Registry;
  beforeAll(() => {
    registry = start();
  });

  it('creates a row once', async () => {
    const key = { pk: 'app#a', sk: 'app' };
    const [first, second] = await Promise.all([
      registry.create(key, { name: 'x' }),
      registry.create(key, { name: 'y' }),
    ]);
    expect([first, second].filter(Boolean)).toHaveLength(1);
    expect((await registry.get(key))?.row).toEqual((first ?? second)?.row);
  });

  it('lets one of two writers who read the same row win, and tells the other', async () => {
    const key = { pk: 'app#b', sk: 'campaign#1' };
    const read = await registry.create(key, { n: 0 });
    if (!read) throw new Error('not created');
    const results = await Promise.all([1, 2, 3].map((n) => registry.replace(read, { n })));
    expect(results.filter(Boolean)).toHaveLength(1);
    expect((await registry.get(key))?.row).toEqual(results.find(Boolean)?.row);
  });

  it('does not bring a removed row back', async () => {
    const key = { pk: 'app#b', sk: 'campaign#2' };
    const read = await registry.create(key, { n: 0 });
    if (!read) throw new Error('not created');
    expect((await registry.remove(key))?.row).toEqual({ n: 0 });
    expect(await registry.replace(read, { n: 1 })).toBeUndefined();
    expect(await registry.remove(key)).toBeUndefined();
  });

  it('lists every row of a partition when the prefix is empty', async () => {
    for (const sk of ['app', 'campaign#1', 'segment#1']) await registry.create({ pk: 'app#all', sk }, { sk });
    const page = await registry.list<{ sk: string }>('app#all', '', { limit: 5 });
    expect(page.rows.map(({ row }) => row.sk)).toEqual(['app', 'campaign#1', 'segment#1']);
  });

  it('pages through the rows of a prefix and only those', async () => {
    for (let n = 0; n < 7; n++) await registry.create({ pk: 'app#c', sk: `import#${n}` }, { n });
    await registry.create({ pk: 'app#c', sk: 'importer#1' }, {});
    const seen: unknown[] = [];
    let after: string | undefined;
    do {
      const page = await registry.list<{ n: number }>('app#c', 'import#', { limit: 3, after });
      expect(page.rows.length).toBeLessThanOrEqual(3);
      seen.push(...page.rows.map(({ row }) => row.n));
      after = page.after;
    } while (after !== undefined);
    expect(seen).toEqual([0, 1, 2, 3, 4, 5, 6]);
    const newest = await registry.list<{ n: number }>('app#c', 'import#', { limit: 2, descending: true });
    expect(newest.rows.map(({ row }) => row.n)).toEqual([6, 5]);
  });

  it('offers rows of a shard that are due, oldest first, and none once they left the index', async () => {
    const at = (ms: number) => ({ dueShard: '7', dueAt: new Date(ms).toISOString() });
    await registry.create({ pk: 'app#d', sk: 'campaign#late' }, { id: 'late' }, at(3_000));
    const early = await registry.create({ pk: 'app#d', sk: 'campaign#early' }, { id: 'early' }, at(1_000));
    if (!early) throw new Error('not created');
    expect((await registry.due<{ id: string }>('7', 2_000, 10)).map(({ row }) => row.id)).toEqual(['early']);
    expect((await registry.due('7', 3_000, 10)).map(({ key }) => key.sk)).toEqual([
      'campaign#early',
      'campaign#late',
    ]);
    await registry.replace(early, { id: 'early' });
    expect((await registry.due('7', 3_000, 10)).map(({ key }) => key.sk)).toEqual(['campaign#late']);
  });

  it('offers all rows that are due, however large they are', async () => {
    const due = { dueShard: '8', dueAt: new Date(1_000).toISOString() };
    const large = 'x'.repeat(350 * 1024);
    for (let n = 0; n < 5; n++) await registry.create({ pk: 'app#l', sk: `campaign#${n}` }, { large }, due);
    expect(await registry.due('8', 2_000, 10)).toHaveLength(5);
    expect(await registry.due('8', 2_000, 4)).toHaveLength(4);
  });
});
