import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deleteList } from '../../../lambdas/segments/lists/delete-list.ts';
import { forgetListed } from '../../../lambdas/segments/lists/forget-listed.ts';
import { MOST_AT_ONCE } from '../../../lambdas/segments/lists/list.ts';
import { listedMembers } from '../../../lambdas/segments/lists/listed-members.ts';
import { matchList } from '../../../lambdas/segments/lists/match-list.ts';
import { allLists, toldList, unmatchedFile } from '../../../lambdas/segments/lists/read-lists.ts';
import { addPart, closeList, createList, currentList } from '../../../lambdas/segments/lists/upload-list.ts';
import { listsHaving } from '../../../lambdas/segments/membership/lists-having.ts';
import { RepointError } from '../../../lambdas/shared/errors.ts';
import { cryptoIds } from '../../../lambdas/shared/ids.ts';
import { memoryFiles, memoryLists, memoryPeople, memoryQueue, type Person } from './support/memory.ts';

const NOW = Date.parse('2026-11-22T09:00:00Z');
const MEMBERS: readonly (readonly [string, Person])[] = [
  ['hana', { email: 'hana@example.kr', phone: '+821011112222' }],
  ['duri', { email: 'Duri@example.kr', phone: '+821033334444' }],
  ['sena', { phone: '+821033334444' }],
];

function world(members = new Map(MEMBERS), others: readonly string[] = ['guest']) {
  const used: string[] = [];
  const deps = {
    lists: memoryLists(),
    files: memoryFiles(),
    people: memoryPeople(members, others),
    queue: memoryQueue(),
    ids: cryptoIds,
    clock: () => NOW,
    segmentsWith: async () => used,
  };
  const ctx = (more: object = {}) => ({
    actor: 'key',
    requestId: 'r',
    now: NOW,
    deadline: NOW + 29_000,
    ...more,
  });
  return {
    deps,
    members,
    used,
    ctx,
    upload: (body: unknown, more: object = {}) => createList(deps, ctx(more), { kind: 'json', body }, {}),
    /** Works on the queue until it is empty. */
    async work(now = NOW): Promise<void> {
      for (let message = deps.queue.sent.shift(); message; message = deps.queue.sent.shift())
        await matchList(deps, { ...ctx(), now, deadline: now + 900_000 }, message);
    },
    on: async (id: string) => [...(await listedMembers(deps.lists).of(id))].sort(),
    told: async (id: string) => toldList(deps, (await deps.lists.find(id))?.list ?? expect.unreachable()),
  };
}

const thrown = async (run: Promise<unknown>): Promise<string> => {
  try {
    await run;
  } catch (error) {
    if (error instanceof RepointError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return '';
};

describe('a list of ids', () => {
  it('is ready at once: who is known by a row or by events is on it, the others are told', async () => {
    const { upload, on, told } = world();
    const list = await upload({ ids: ['hana', ' guest ', 'nobody', 'hana', 'a#b', ''] });
    expect(list.state).toBe('ready');
    expect(await on(list.id)).toEqual(['guest', 'hana']);
    expect(await told(list.id)).toMatchObject({
      ...{ kind: 'id', rows: 6, matched: 2, members: 2, duplicates: 1, unmatched: 3 },
      unmatchedFirst: [
        { part: 1, line: 3, value: 'nobody', reason: 'no member has this userId' },
        { part: 1, line: 5, value: 'a#b', reason: 'is no userId' },
        { part: 1, line: 6, value: '', reason: 'is no userId' },
      ],
    });
  });

  it('says that nobody is who asked to be erased, as long as events still tell of them', async () => {
    const { deps, upload, on, told } = world();
    deps.people.asked.push('guest', 'hana');
    const list = await upload({ ids: ['hana', 'guest', 'duri'] });
    // One of the two is a member again.
    expect(await on(list.id)).toEqual(['duri', 'hana']);
    expect(await told(list.id)).toMatchObject({
      ...{ matched: 2, members: 2, unmatched: 1 },
      unmatchedFirst: [{ line: 2, value: 'guest' }],
    });
  });

  it('takes off who asked to be erased while it was matched, also when that fails at first', async () => {
    const { deps, upload, work, on } = world();
    const { erased } = deps.people;
    const { having } = deps.lists;
    let asked = 0;
    deps.people.erased = async () => (asked++ === 0 ? erased() : ['guest']);
    deps.lists.having = async () => {
      deps.lists.having = having;
      throw new Error('throttled');
    };
    const list = await upload({ ids: ['hana', 'guest'] });
    expect(list.state).toBe('ready');
    expect(await on(list.id)).toEqual(['guest', 'hana']);
    await work();
    expect(await on(list.id)).toEqual(['hana']);
  });

  it('is refused when a column without a header was taken for ids and nobody has any', async () => {
    const { upload, deps } = world();
    expect(await thrown(upload({ csv: 'apple\nbanana' }))).toMatch(
      /validation: No column has recognisable ids: none of the 2 values/,
    );
    expect(deps.files.objects.size).toBe(0);
    expect((await upload({ csv: 'user_id\napple' })).state).toBe('ready');
  });

  it('waits for its turn when it is long', async () => {
    const { upload, work, on } = world();
    const ids = Array.from({ length: MOST_AT_ONCE + 1 }, (_, index) => `x${index}`);
    const list = await upload({ ids: [...ids, 'hana'] });
    expect(list.state).toBe('matching');
    expect(await thrown(on(list.id))).toMatch(/^conflict: .* is matching, not ready/);
    await work();
    expect(await on(list.id)).toEqual(['hana']);
  });
});

describe('whether somebody is on a list', () => {
  it('is told once that is known, and not before', async () => {
    const { deps, ctx, upload, work } = world();
    const on = (id: string) => listsHaving(deps.lists)('hana', [id]);
    const open = await upload({ ids: ['hana'], open: true });
    expect(await thrown(on(open.id))).toMatch(/^conflict: .* is open, not ready/);
    await closeList(deps, ctx(), open.id);
    expect(await on(open.id)).toEqual([open.id]);
    const matching = await upload({ emails: ['duri@example.kr'] });
    expect(await thrown(on(matching.id))).toMatch(/^conflict: .* is matching, not ready/);
    await work();
    expect(await on(matching.id)).toEqual([]);
    expect(await thrown(on('gone'))).toMatch(/^not_found/);
  });
});

describe('a list of addresses', () => {
  it('has everybody who has one of them, however they were written', async () => {
    const { upload, work, on, told } = world();
    const mails = await upload({ emails: ['DURI@Example.KR', 'hana@example.kr', 'x@example.kr', 'hana'] });
    const phones = await upload({ csv: '이름,휴대폰\n가,010-3333-4444\n나,+82 10 3333 4444\n다,1' });
    expect([mails.state, phones.state]).toEqual(['matching', 'matching']);
    await work();
    expect(await on(mails.id)).toEqual(['duri', 'hana']);
    expect(await told(mails.id)).toMatchObject({ matched: 2, unmatched: 2, members: 2 });
    // A family shares a number.
    expect(await on(phones.id)).toEqual(['duri', 'sena']);
    expect(await told(phones.id)).toMatchObject({
      rows: 3,
      matched: 1,
      duplicates: 1,
      unmatched: 1,
      members: 2,
    });
  });
});

describe('a list in parts', () => {
  it('is one list: what stands twice in several parts is a duplicate', async () => {
    const { deps, ctx, upload, on, told } = world();
    const part = (id: string, ids: string[]) => addPart(deps, ctx(), id, { kind: 'json', body: { ids } }, {});
    const { id, state } = await upload({ ids: ['hana', 'x'], open: true, name: '봄' });
    expect(state).toBe('open');
    await Promise.all([part(id, ['duri', 'hana']), part(id, ['y'])]);
    expect((await closeList(deps, ctx(), id)).state).toBe('ready');
    expect((await closeList(deps, ctx(), id)).state).toBe('ready');
    expect(await on(id)).toEqual(['duri', 'hana']);
    expect(await told(id)).toMatchObject({ name: '봄', rows: 5, matched: 2, duplicates: 1, unmatched: 2 });
    expect(await thrown(part(id, ['sena']))).toMatch(/^conflict: The list is ready/);
  });

  it('takes parts of one kind', async () => {
    const { deps, ctx, upload } = world();
    const { id } = await upload({ ids: ['hana'], open: true });
    const adding = addPart(deps, ctx(), id, { kind: 'json', body: { emails: ['a@b.kr'] } }, {});
    expect(await thrown(adding)).toMatch(/one of kind id; this part is of kind email/);
    const headed = addPart(
      deps,
      ctx(),
      id,
      { kind: 'csv', bytes: Buffer.from('email\nkim@example.com\n') },
      {},
    );
    expect(await thrown(headed)).toMatch(
      /"email" is headed as e-mail addresses, and the list is one of kind id/,
    );
  });

  it('takes a part once, however often its Idempotency-Key comes', async () => {
    const { deps, ctx, upload } = world();
    const { id } = await upload({ ids: ['hana'], open: true }, { idempotencyKey: 'first' });
    expect((await upload({ ids: ['hana'], open: true }, { idempotencyKey: 'first' })).id).toBe(id);
    for (let time = 0; time < 2; time++)
      await addPart(
        deps,
        ctx({ idempotencyKey: 'second' }),
        id,
        { kind: 'json', body: { ids: ['duri'] } },
        {},
      );
    expect((await deps.lists.find(id))?.list.parts).toHaveLength(2);
  });

  it('is no other list for the same Idempotency-Key, however long after, but one that is mended where the first was refused', async () => {
    const { upload, on } = world();
    const key = { idempotencyKey: 'weekly' };
    const { id } = await upload({ ids: ['hana'] }, key);
    expect((await upload({ ids: ['hana'] }, key)).id).toBe(id);
    expect(await thrown(upload({ ids: ['duri'] }, key))).toMatch(/^unprocessable: .* another body/);
    expect(await on(id)).toEqual(['hana']);
    const other = { idempotencyKey: 'mended' };
    expect(await thrown(upload({ csv: 'apple' }, other))).toMatch(/^validation: No column/);
    const mended = await upload({ csv: 'duri' }, other);
    expect(await on(mended.id)).toEqual(['duri']);
  });
});

describe('matching', () => {
  it('goes on when a worker dies, and ends when all do', async () => {
    for (const deaths of [1, 2, 4]) {
      const { deps, upload, on, work } = world();
      const { writeIds } = deps.lists;
      let left = deaths;
      const lists = {
        ...deps.lists,
        writeIds: async (...args: Parameters<typeof writeIds>) => {
          if (left-- > 0) throw new Error('the table is away');
          await writeIds(...args);
        },
      };
      Object.assign(deps, { lists });
      const { id } = await upload({ emails: ['hana@example.kr'] });
      await work();
      const list = (await deps.lists.find(id))?.list;
      if (deaths < 3) expect(await on(id)).toEqual(['hana']);
      else expect(list).toMatchObject({ state: 'failed', reason: 'the table is away' });
    }
  });

  it('leaves nobody on a list that has failed, which no erasure finds once it is forgotten', async () => {
    for (const ends of ['told', 'silently'] as const) {
      const { deps, upload, work } = world();
      const { writeIds, replace } = deps.lists;
      const { id } = await upload({ emails: ['hana@example.kr'] });
      // Each try comes as far as writing who is on it; the first look at what is left finds the table away, too.
      let isAway = true;
      deps.lists.writeIds = async (list, userIds) => {
        if (list.state === 'failed' && isAway) {
          isAway = false;
          throw new Error('the table is away');
        }
        await writeIds(list, userIds);
      };
      deps.lists.replace = async (stored, next) => {
        if (next.state === 'ready') throw new Error('the row is away');
        if (ends === 'silently' && next.leaseUntil === undefined && next.state === 'matching')
          return undefined;
        return replace(stored, next);
      };
      for (let time = 0; time < 4; time++) {
        deps.queue.sent.push({ id });
        await work(NOW + time * 3_600_000);
      }
      expect((await deps.lists.find(id))?.list.state).toBe('failed');
      const left: string[] = [];
      for await (const page of deps.lists.ids(id)) left.push(...page);
      expect(left).toEqual([]);
    }
  });

  it('gets another message when the first is lost, for whoever asks', async () => {
    const { deps, ctx, upload, work, on } = world();
    const { id } = await upload({ emails: ['hana@example.kr'] });
    deps.queue.sent.length = 0;
    await currentList(deps, ctx({ now: NOW + 30_000 }), id);
    expect(deps.queue.sent).toEqual([]);
    await currentList(deps, ctx({ now: NOW + 61_000 }), id);
    await work(NOW + 62_000);
    expect(await on(id)).toEqual(['hana']);
  });

  it('fails when what was uploaded has expired', async () => {
    const { deps, upload, work } = world();
    const { id } = await upload({ emails: ['hana@example.kr'] });
    deps.files.objects.clear();
    await work();
    expect((await deps.lists.find(id))?.list).toMatchObject({
      state: 'failed',
      reason: expect.stringMatching(/expired/),
    });
  });

  it('keeps nothing of the upload but what is told', async () => {
    const { deps, upload } = world();
    const { id } = await upload({ ids: ['hana', 'nobody'] });
    expect([...deps.files.objects.keys()]).toEqual([`${id}/unmatched/0`]);
  });
});

describe('rows of nobody', () => {
  it('are all told as files of CSV, as they were written', async () => {
    const { deps, upload } = world();
    const odd = ['a,b', 'say "hi"', '=1+1', '줄'];
    const { id } = await upload({ ids: [...odd, 'hana'] });
    const { body, contentType } = await unmatchedFile(deps, id, undefined);
    expect(contentType).toMatch(/^text\/csv/);
    expect(String(body).split('\r\n')).toEqual([
      '\uFEFFpart,line,value,reason',
      '1,1,"a,b",no member has this userId',
      '1,2,"say ""hi""",no member has this userId',
      "1,3,'=1+1,no member has this userId",
      '1,4,줄,no member has this userId',
      '',
    ]);
    expect(await thrown(unmatchedFile(deps, id, '1'))).toMatch(/file is "1"; allowed: 0 to 0/);
    deps.files.objects.clear();
    expect(await thrown(unmatchedFile(deps, id, '0'))).toMatch(/^not_found: .*expired/);
  });

  it('come in several files when they are many', async () => {
    const { deps, upload, work } = world();
    const { id } = await upload({ ids: Array.from({ length: 12_001 }, (_, index) => `x${index}`) });
    await work();
    const lines: string[] = [];
    for (const file of ['0', '1', '2'])
      lines.push(
        ...String((await unmatchedFile(deps, id, file)).body)
          .split('\r\n')
          .slice(1, -1),
      );
    expect(lines).toHaveLength(12_001);
    expect(new Set(lines).size).toBe(12_001);
  });
});

describe('lists', () => {
  it('are told the newest first, page by page, each once', async () => {
    const { deps, ctx } = world();
    for (let index = 0; index < 5; index++)
      await createList(
        deps,
        ctx({ now: NOW + index }),
        { kind: 'json', body: { ids: ['hana'], name: `l${index}` } },
        {},
      );
    const names: string[] = [];
    let next: string | null = null;
    do {
      const page = await allLists(deps, { limit: '2', ...(next === null ? {} : { after: next }) });
      names.push(...page.result.map(({ name }) => name));
      next = page.next;
    } while (next !== null);
    expect(names).toEqual(['l4', 'l3', 'l2', 'l1', 'l0']);
    expect((await allLists(deps, { limit: '5' })).next).toBeNull();
    expect(await thrown(allLists(deps, { limit: '0' }))).toMatch(/limit is "0"/);
  });

  it('are deleted with all that is theirs, but not while a segment names one', async () => {
    const { deps, upload, used } = world();
    const { id } = await upload({ ids: ['hana', 'nobody'] });
    used.push('spring');
    expect(await thrown(deleteList(deps, id))).toMatch(/^conflict: The list is named by segment spring/);
    used.length = 0;
    await deleteList(deps, id);
    expect([deps.files.objects.size, (await deps.lists.all()).length]).toEqual([0, 0]);
    expect(await thrown(listedMembers(deps.lists).of(id))).toMatch(/^not_found/);
    expect(await thrown(deleteList(deps, id))).toMatch(/^not_found/);
  });

  it('are nobody’s any more while they are deleted, and are gone after a second try', async () => {
    const { deps, ctx, upload } = world();
    const { id } = await upload({ ids: ['hana'] });
    const away = { ...deps, files: { remove: () => Promise.reject(new Error('away')) } };
    await expect(deleteList(away, id)).rejects.toThrow('away');
    expect(await thrown(currentList(deps, ctx(), id))).toMatch(/^not_found/);
    expect(await thrown(listedMembers(deps.lists).of(id))).toMatch(/^not_found/);
    await deleteList(deps, id);
    expect(await deps.lists.all()).toEqual([]);
  });
});

describe('an erasure', () => {
  it('takes somebody off every list', async () => {
    const { deps, upload, on, told } = world();
    const [first, second] = [await upload({ ids: ['hana', 'duri'] }), await upload({ ids: ['sena'] })];
    await forgetListed(deps.lists, 'hana');
    await forgetListed(deps.lists, 'hana');
    expect([await on(first.id), await on(second.id)]).toEqual([['duri'], ['sena']]);
    expect((await told(first.id)).members).toBe(1);
  });

  it('leaves nobody on a list that was matched meanwhile, at whatever moment it came', async () => {
    for (const moment of ['addresses', 'writeIds', 'replace', 'remove'] as const) {
      const { deps, members, upload, work, on } = world();
      let erase: (() => Promise<void>) | undefined = async () => {
        erase = undefined;
        deps.people.asked.push('hana');
        members.delete('hana');
        await forgetListed(deps.lists, 'hana');
      };
      const { id } = await upload({ emails: ['hana@example.kr', 'duri@example.kr'] });
      const { addresses } = deps.people;
      const { writeIds, replace } = deps.lists;
      const { remove } = deps.files;
      if (moment === 'addresses')
        deps.people.addresses = async function* (...args) {
          const pages = [];
          for await (const page of addresses(...args)) pages.push(page);
          await erase?.();
          yield* pages;
        };
      if (moment === 'writeIds')
        deps.lists.writeIds = async (...args) => {
          await writeIds(...args);
          await erase?.();
        };
      if (moment === 'replace')
        deps.lists.replace = async (...args) => {
          const done = await replace(...args);
          if (args[1].state === 'ready') await erase?.();
          return done;
        };
      if (moment === 'remove')
        deps.files.remove = async (...args) => {
          await erase?.();
          await remove(...args);
        };
      await work();
      await work(NOW + 10_000);
      expect(await on(id), moment).toEqual(['duri']);
    }
  });

  it('leaves those on a new list who have come back', async () => {
    const { deps, upload, on } = world();
    deps.people.asked.push('hana');
    expect(await on((await upload({ ids: ['hana'] })).id)).toEqual(['hana']);
  });
});

describe('a list, whatever was uploaded', () => {
  it('adds up, and has exactly the members whose ids were on it', async () => {
    const id = fc.constantFrom('hana', 'duri', 'sena', 'guest', 'x', 'y', 'a#b', '', ' hana ', 'Hana');
    const ids = fc
      .array(id, { minLength: 1, maxLength: 30 })
      .filter((all) => all.some((one) => one !== '' && one !== 'a#b'));
    await fc.assert(
      fc.asyncProperty(ids, async (ids) => {
        const { upload, on, told } = world();
        const list = await upload({ ids });
        const { rows, matched, unmatched, duplicates, members } = await told(list.id);
        expect(rows).toBe(ids.length);
        expect((matched ?? 0) + (unmatched ?? 0) + (duplicates ?? 0)).toBe(rows);
        const known = new Set(
          ids.map((one) => one.trim()).filter((one) => /^(hana|duri|sena|guest)$/.test(one)),
        );
        expect(await on(list.id)).toEqual([...known].sort());
        expect(members).toBe(known.size);
      }),
      { numRuns: 100 },
    );
  });
});
