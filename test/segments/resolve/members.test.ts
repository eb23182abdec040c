import { describe, expect, it } from 'vitest';
import { NotYet } from '../../../lambdas/segments/lists/listed-members.ts';
import { resolutionView } from '../../../lambdas/segments/resolution-view.ts';
import { GOLD, MEMBERS, workOff, world } from '../support/resolving.ts';
import { listsOf, membersOf } from '../support/worlds.ts';

describe('resolving an attribute rule', () => {
  it('writes one import line for each member who meets it, and counts them', async () => {
    const w = await world(GOLD);
    const asked = await w.ask();
    await workOff(w);
    const done = await w.now(asked);
    expect(done).toMatchObject({ state: 'ready', size: 25 });
    const lines = w.lists.linesAt(done?.listUrl ?? '').map((line) => JSON.parse(line).User.UserId);
    expect(lines.sort()).toEqual(
      MEMBERS.filter(({ attributes }) => attributes['grade'] === 'GOLD')
        .map(({ userId }) => userId)
        .sort(),
    );
  });

  it('leaves out whoever asked to be erased, while their row is still there and while they are still on a list', async () => {
    const w = await world({ any: [GOLD, { list: 'spring' }] });
    const asked = await w.ask();
    const listed = listsOf({ spring: ['user 1', 'guest', 'leaving guest'] });
    const gone = async () => ['leaving guest', 'user 1', 'user 2'];
    await workOff({ ...w, deps: { ...w.deps, listed, gone } });
    const done = await w.now(asked);
    const found = w.lists.linesAt(done?.listUrl ?? '').map((line) => JSON.parse(line).User.UserId);
    expect(found).toContain('guest');
    expect(found).toContain('user 4');
    for (const userId of await gone()) expect(found).not.toContain(userId);
    expect(done).toMatchObject({ state: 'ready', size: 25 });
  });

  it('asks only for the attributes that the rule names', async () => {
    const w = await world({ all: [GOLD, { none: [{ attribute: 'point', atLeast: 5 }] }] });
    const whole = membersOf(MEMBERS);
    const asked: (readonly string[])[] = [];
    const members = {
      scan: (of: Parameters<typeof whole.scan>[0]) => {
        asked.push(of.attributes);
        return whole.scan(of);
      },
    };
    await w.ask();
    await workOff({ ...w, deps: { ...w.deps, members } });
    expect([...new Set(asked.map((names) => names.join()))]).toEqual(['grade,point']);
  });

  it('knows who is on an uploaded list', async () => {
    const w = await world({ all: [GOLD, { list: 'spring' }] });
    const asked = await w.ask();
    const listed = listsOf({ spring: ['user 1', 'user 2', 'nobody'] });
    await workOff({ ...w, deps: { ...w.deps, listed } });
    const done = await w.now(asked);
    expect(done).toMatchObject({ state: 'ready', size: 1 });
    expect(w.lists.linesAt(done?.listUrl ?? '')).toEqual(['{"User":{"UserId":"user 2"}}']);
  });

  it('waits without losing a try for a list that is still matched', async () => {
    const w = await world({ list: 'spring' });
    const asked = await w.ask();
    let looks = 0;
    const known = listsOf({ spring: ['user 1'] });
    const listed = {
      of: (list: string) => (looks++ < 10 ? Promise.reject(new NotYet(list)) : known.of(list)),
    };
    await workOff({ ...w, deps: { ...w.deps, listed } });
    expect(await w.now(asked)).toMatchObject({ state: 'ready', size: 1, attempt: 1 });
  });

  it('tells while it works how many members it has looked at', async () => {
    const w = await world(GOLD);
    const asked = await w.ask();
    const whole = membersOf(MEMBERS);
    const seen: number[] = [];
    const members = {
      async *scan(of: Parameters<typeof whole.scan>[0]) {
        for await (const page of whole.scan(of)) {
          w.time.ms += 1500;
          yield page;
          const row = await w.now(asked);
          const scanned = row && resolutionView(row, w.time.ms).progress?.scanned;
          if (scanned !== undefined) seen.push(scanned);
        }
      },
    };
    await workOff({ ...w, deps: { ...w.deps, members } });
    expect(seen.length).toBeGreaterThan(1);
    expect([...seen].sort((a, b) => a - b)).toEqual(seen);
    expect(await w.now(asked)).toMatchObject({ state: 'ready', scanned: 50 });
  });

  it('leaves nothing of a broken try in the list', async () => {
    const w = await world(GOLD);
    let breaks = 1;
    const whole = membersOf(MEMBERS);
    const deps = {
      ...w.deps,
      members: {
        async *scan(of: Parameters<typeof whole.scan>[0]) {
          for await (const page of whole.scan(of)) {
            yield page;
            if (of.part === 1 && breaks-- > 0) throw new Error('DynamoDB went away');
          }
        },
      },
    };
    const asked = await w.ask();
    await workOff({ ...w, deps });
    const done = await w.now(asked);
    expect(done).toMatchObject({ state: 'ready', size: 25, attempt: 2 });
    expect(w.lists.linesAt(done?.listUrl ?? '')).toHaveLength(25);
  });

  it('ends as failed with the last problem when every try breaks', async () => {
    const w = await world(GOLD);
    const lists = {
      ...w.lists,
      writePart: () => Promise.reject(new Error('the bucket is locked')),
    };
    const asked = await w.ask();
    await workOff({ ...w, deps: { ...w.deps, lists } });
    expect(await w.now(asked)).toMatchObject({
      state: 'failed',
      reason: expect.stringMatching(/3 tries.*the bucket is locked/),
    });
  });
});
