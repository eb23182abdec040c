import { describe, expect, it } from 'vitest';
import { isMember } from '../../../lambdas/segments/membership/is-member.ts';
import type { Rule } from '../../../lambdas/segments/rule/rule.ts';
import type { QueryRow, QueryState } from '../../../lambdas/shared/queries.ts';
import { ctxAt, resolverOf, START } from '../support/worlds.ts';

const GOLD: Rule = { attribute: 'grade', is: 'GOLD' };
const BOUGHT: Rule = { did: 'purchase', inTheLastDays: 7 };
const NO_ORDER: Rule = { didNot: 'purchase' };

const purchase = (id: string, occurredAt: string): QueryRow => ({
  event_id: id,
  name: 'purchase',
  occurred_at: occurredAt,
  properties: '{"transaction_id":"t","revenue":5,"currency":"KRW"}',
});

interface Given {
  readonly rule: Rule;
  readonly row?: Readonly<Record<string, string>>;
  readonly lists?: readonly string[];
  readonly states?: readonly QueryState[];
  /** Asked to be erased. */
  readonly gone?: boolean;
  /** Of each statement, in the order they are started. */
  readonly rows?: readonly (readonly QueryRow[])[];
}

async function world({
  rule,
  row,
  lists = [],
  states = [{ state: 'succeeded' }],
  rows = [],
  gone = false,
}: Given) {
  const world = resolverOf([], ...states);
  await world.segments.save({ name: 's', rule, version: 2, createdAt: '', updatedAt: '' }, undefined);
  const deps = {
    ...world,
    queries: {
      ...world.queries,
      rows: async (id: string) => [...(rows[Number(id.slice(1)) - 1] ?? [])],
    },
    rows: { row: async (userId: string) => (row === undefined ? undefined : { userId, attributes: row }) },
    gone: async () => (gone ? ['u0', 'u1'] : ['u0']),
    onLists: async (_: string, asked: readonly string[]) => asked.filter((id) => lists.includes(id)),
  };
  const ask = (query: Record<string, string> = {}, now = START) =>
    isMember(deps, ctxAt(now, 29_000), 's', 'u1', query);
  return { ask, started: world.queries.started, segments: world.segments };
}

describe('whether somebody is in a segment', () => {
  it('is told by the member’s row alone where attributes and lists are asked for', async () => {
    const rule = { all: [GOLD, { list: 'spring' }] };
    const w = await world({ rule, row: { grade: 'GOLD' }, lists: ['spring'] });
    expect(await w.ask()).toMatchObject({ state: 'ready', in: true, by: 'members', version: 2 });
    expect(w.started).toEqual([]);
    const off = await world({ rule, row: { grade: 'GOLD' } });
    expect(await off.ask()).toMatchObject({ in: false, conditions: [{ holds: true }, { holds: false }] });
  });

  it('says of every condition, as it is written and read aloud, whether it holds', async () => {
    const rule: Rule = { all: [{ preset: 'one-time-buyers' }, { none: [GOLD] }] };
    const w = await world({
      rule,
      row: { grade: 'GOLD' },
      rows: [[purchase('1', '2026-11-01 08:00:00.000')]],
    });
    expect((await w.ask()).conditions).toEqual([
      {
        condition: { computed: 'orders', is: 1 },
        sentences: { ko: '주문 수가 1건인 회원입니다.', en: 'Members whose number of orders is 1.' },
        holds: true,
      },
      {
        condition: GOLD,
        sentences: { ko: 'grade가 ‘GOLD’인 회원입니다.', en: 'Members whose grade is “GOLD”.' },
        holds: true,
      },
    ]);
  });

  it('is no of somebody who asked to be erased, of whom nothing is read any more, until they are back', async () => {
    for (const rule of [BOUGHT, NO_ORDER, { computed: 'revenue', topPercent: 100 }] as Rule[]) {
      const w = await world({ rule, gone: true, rows: [[purchase('1', '2026-11-22 08:00:00.000')]] });
      expect(await w.ask()).toMatchObject({ state: 'ready', in: false });
      expect(w.started).toEqual([]);
    }
    // As long as the row is not removed, too.
    for (const rule of [NO_ORDER, GOLD, { list: 'spring' }]) {
      const leaving = await world({ rule, gone: true, row: { grade: 'GOLD' }, lists: ['spring'] });
      const answer = await leaving.ask();
      expect(answer).toMatchObject({ in: false });
      expect(leaving.started).toEqual([]);
    }
    expect(await (await world({ rule: NO_ORDER, row: {} })).ask()).toMatchObject({ in: true });
  });

  it('is no of somebody who is not there, whatever the rule says of nobody', async () => {
    expect(await (await world({ rule: { none: [GOLD] } })).ask()).toMatchObject({ in: false });
    expect(await (await world({ rule: NO_ORDER })).ask()).toMatchObject({ in: false });
    expect(await (await world({ rule: NO_ORDER, row: {} })).ask()).toMatchObject({ in: true });
    const visit = { event_id: '1', name: 'page_view', occurred_at: '2026-01-01 00:00:00.000' };
    expect(await (await world({ rule: NO_ORDER, rows: [[visit]] })).ask()).toMatchObject({ in: true });
  });

  it('is told by the person’s events, in one statement that names the person and the days', async () => {
    const w = await world({ rule: BOUGHT, row: {}, rows: [[purchase('1', '2026-11-20 10:00:00.000')]] });
    expect(await w.ask()).toMatchObject({ in: true, by: 'events', conditions: [{ holds: true }] });
    expect(w.started).toHaveLength(1);
    expect(w.started[0]?.sql).toContain("'u1'");
    expect(w.started[0]?.sql).toMatch(/day >= DATE '2026-11-1\d'/);
    const late = await world({ rule: BOUGHT, row: {}, rows: [[purchase('1', '2026-11-01 10:00:00.000')]] });
    expect(await late.ask()).toMatchObject({ in: false });
  });

  it('is asked of the compiled statement where people are compared', async () => {
    const rule: Rule = { all: [BOUGHT, { computed: 'revenue', topPercent: 10 }] };
    const events = [purchase('1', '2026-11-20 10:00:00.000')];
    const top = await world({ rule, row: {}, rows: [events, [{ place: '1' }]] });
    expect(await top.ask()).toMatchObject({ in: true });
    expect(top.started).toHaveLength(2);
    const below = await world({ rule, row: {}, rows: [events, []] });
    expect(await below.ask()).toMatchObject({
      in: false,
      conditions: [{ holds: true }, { holds: false, condition: { computed: 'revenue', topPercent: 10 } }],
    });
  });

  it('that takes Athena longer is found where the answer says, without another statement', async () => {
    const running: QueryState[] = Array.from({ length: 40 }, () => ({ state: 'running' }));
    const w = await world({
      rule: BOUGHT,
      row: {},
      states: [...running, { state: 'succeeded' }],
      rows: [[purchase('1', '2026-11-20 10:00:00.000')]],
    });
    const first = await w.ask();
    expect(first).toMatchObject({
      state: 'running',
      look: expect.stringContaining('/v1/segments/s/members/u1?asOf='),
    });
    const asOf = new URL(`http://x${first.look}`).searchParams.get('asOf') ?? '';
    for (let looks = 0; looks < 9; looks++) {
      const found = await w.ask({ asOf }, START + 30_000);
      if (found.state === 'running') continue;
      expect(found).toMatchObject({ in: true, asOf: first.asOf });
      expect(w.started).toHaveLength(1);
      return;
    }
    throw new Error('never ready');
  });

  it('is told as the rule is by then, when a segment that it names changes between two looks', async () => {
    const running: QueryState[] = Array.from({ length: 40 }, () => ({ state: 'running' }));
    const w = await world({
      rule: { segment: 'inner' },
      row: {},
      states: [...running, { state: 'succeeded' }],
      rows: [[], [purchase('1', '2026-11-20 10:00:00.000')]],
    });
    const inner = { name: 'inner', rule: { did: 'login' } as Rule, version: 1, createdAt: '', updatedAt: '' };
    await w.segments.save(inner, undefined);
    const { asOf } = await w.ask();
    await w.segments.save({ ...inner, rule: BOUGHT, version: 2 }, inner);
    let looks = 0;
    while ((await w.ask({ asOf }, START + 30_000)).state === 'running' && looks++ < 9);
    expect(await w.ask({ asOf }, START + 30_000)).toMatchObject({ state: 'ready', in: true });
    expect(w.started).toHaveLength(2);
  });

  it('refuses a moment that no answer gave', async () => {
    const w = await world({ rule: BOUGHT, row: {} });
    for (const asOf of ['now', new Date(START + 1).toISOString(), new Date(START - 7_200_000).toISOString()])
      await expect(w.ask({ asOf })).rejects.toMatchObject({ field: 'asOf' });
  });

  it('is not to be told when Athena refuses the segment’s own SQL', async () => {
    const reason = 'COLUMN_NOT_FOUND: uid';
    const states: QueryState[] = [{ state: 'failed', reason, retryable: false, fault: 'statement' }];
    const w = await world({ rule: { sql: 'SELECT uid AS user_id FROM events' }, row: {}, states });
    await expect(w.ask()).rejects.toMatchObject({
      code: 'unprocessable',
      message: expect.stringContaining(reason),
    });
    const ours = await world({ rule: BOUGHT, row: {}, states });
    await expect(ours.ask()).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('says what Athena says went wrong', async () => {
    const failed: QueryState = { state: 'failed', reason: 'no such column', retryable: false };
    const w = await world({ rule: BOUGHT, row: {}, states: [failed] });
    await expect(w.ask()).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('column'),
    });
  });
});
