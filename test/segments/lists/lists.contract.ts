import { expect, it } from 'vitest';
import type { Lists } from '../../../lambdas/segments/lists/ports.ts';
import { someList } from './support/memory.ts';

const COUNTS = { matched: 3, unmatched: 0, duplicates: 0, members: 3, files: 0 };

/** What every place of lists guarantees. */
export function listsContract(make: () => Lists): void {
  const idsOn = async (lists: Lists, id: string): Promise<string[]> => {
    const found: string[] = [];
    for await (const page of lists.ids(id)) found.push(...page);
    return found.sort();
  };

  it('creates a list once, and replaces it only as it was read', async () => {
    const lists = make();
    const stored = await lists.create(someList('once'));
    expect(stored).toEqual({ list: someList('once'), revision: 1 });
    expect(await lists.create(someList('once', { name: 'other' }))).toBeUndefined();
    const next = someList('once', { state: 'matching' });
    const read = { list: someList('once'), revision: 1 };
    const both = await Promise.all([lists.replace(read, next), lists.replace(read, next)]);
    expect(both.filter((one) => one !== undefined)).toHaveLength(1);
    expect((await lists.find('once'))?.list).toEqual(next);
    expect(await lists.find('never')).toBeUndefined();
  });

  it('tells who is on it: everyone once, whatever was written before', async () => {
    const lists = make();
    const list = someList('who');
    const ids = Array.from({ length: 1200 }, (_, index) => `회원-${index}`);
    await lists.writeIds(list, ids);
    expect(await idsOn(lists, 'who')).toEqual([...ids].sort());
    await lists.writeIds(list, ['hana', 'duri']);
    expect(await idsOn(lists, 'who')).toEqual(['duri', 'hana']);
    expect(await lists.having(list, ['duri', 'nobody', 'hana'])).toEqual(['duri', 'hana']);
    expect(await idsOn(lists, 'never')).toEqual([]);
  });

  it('takes somebody off once, and counts one less', async () => {
    const lists = make();
    const list = someList('off', { state: 'ready', counts: COUNTS });
    await lists.create(list);
    await lists.writeIds(list, ['hana', 'duri', 'sena']);
    await lists.takeOff(list, 'hana');
    await lists.takeOff(list, 'hana');
    await lists.takeOff(list, 'never');
    expect(await idsOn(lists, 'off')).toEqual(['duri', 'sena']);
    const now = await lists.find('off');
    expect(now?.list.counts).toEqual({ ...COUNTS, members: 2 });
    // Whoever read it before does not undo the count.
    expect(await lists.replace({ list, revision: 1 }, list)).toBeUndefined();
    for (const userId of ['duri', 'sena']) await lists.takeOff(list, userId);
    expect(await idsOn(lists, 'off')).toEqual([]);
  });

  it('loses nobody when many are taken off at once', async () => {
    const lists = make();
    const list = someList('many', { parts: [{ id: 'p', rows: 10 }] });
    await lists.create(list);
    const ids = Array.from({ length: 20 }, (_, index) => `m${index}`);
    await lists.writeIds(list, ids);
    await Promise.all(ids.slice(0, 15).map((userId) => lists.takeOff(list, userId)));
    expect(await idsOn(lists, 'many')).toEqual(ids.slice(15).sort());
  });

  it('removes a list with all who were on it', async () => {
    const lists = make();
    const [list, other] = [someList('gone'), someList('kept')];
    for (const each of [list, other]) {
      await lists.create(each);
      await lists.writeIds(each, ['hana']);
    }
    await lists.remove(list);
    expect(await lists.find('gone')).toBeUndefined();
    expect(await idsOn(lists, 'gone')).toEqual([]);
    expect(await idsOn(lists, 'kept')).toEqual(['hana']);
    expect((await lists.all()).map(({ list: { id } }) => id)).toContain('kept');
  });
}
