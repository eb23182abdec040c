import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ErasedPerson } from '../../../lambdas/events/compaction/erased.ts';
import { TABLES } from '../../../lambdas/events/compaction/tables.ts';
import { eventLine, LAKE_BUCKET } from '../../local/aws/support/lake.ts';
import { lakeFixture } from '../../local/aws/support/lake-fixture.ts';
import { WHOLE } from '../../support/matrix.ts';
import { everythingIn } from '../../support/whole-lake.ts';
import { compactionFixture, DAY_MS, HOUR_MS, NOW } from './support.ts';

const lake = lakeFixture('messages', 'message_events', 'touches', 'turns_by_version', 'pieces_by_version');
const nights = compactionFixture(lake);
const { compact, dying, empty, files, night, orphansEnd } = nights;

type Status = 'sent' | 'failed' | 'skipped' | 'uncertain';
const day = (back: number) => new Date(NOW - back * DAY_MS).toISOString().slice(0, 10);

/** A final state of an endpoint in a run, on a day, as the engine tells it. */
const state = (endpoint: string, status: Status, back: number, more: Record<string, unknown> = {}) => {
  const run = String(more['activity_id'] ?? 'run1');
  return {
    record_id: `record-${run}-${endpoint}-${status}`,
    event_type: '_campaign.send',
    occurred_at: `${day(back)} 10:00:00.000`,
    application_id: 'app',
    campaign_id: 'c1',
    activity_id: run,
    treatment_id: '0',
    endpoint_id: endpoint,
    channel: 'EMAIL',
    message_id: `message-${run}-${endpoint}`,
    provider_message_id: `provider-${run}-${endpoint}`,
    status,
    reason: status.toUpperCase(),
    campaign_tags: JSON.stringify({ 'repoint:campaign': 'camp', 'repoint:send': run }),
    attributes: JSON.stringify({ status_message: `said-of-${endpoint}` }),
    day: day(back),
    ...more,
  };
};
const receipt = (endpoint: string, event_type: string, back: number, more: Record<string, unknown> = {}) => ({
  ...state(endpoint, 'sent', back, more),
  record_id: `${event_type}-${endpoint}-${back}-${String(more['activity_id'] ?? 'run1')}`,
  event_type,
  status: undefined,
  reason: undefined,
  ...more,
});

const states = () =>
  lake.query(`SELECT activity_id, endpoint_id, status, CAST(day AS varchar) FROM messages ORDER BY 1, 2`);
const sums = () =>
  lake.query(`SELECT campaign_id, activity_id, treatment_id, channel, status, reason, count(*), count(DISTINCT message_id),
    count(DISTINCT endpoint_id), count(DISTINCT user_id) FROM messages GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4, 5, 6`);
/** What happened to messages that the ledger has. */
const told = () =>
  lake.query(`SELECT m.activity_id, e.event, count(*), count(DISTINCT e.message_id) FROM messages AS m
    JOIN message_events AS e ON e.message_id = m.message_id GROUP BY 1, 2 ORDER BY 1, 2`);
const touched = () =>
  lake.query(`SELECT week, send_id, variant, channel, count(*), count(DISTINCT member) FROM touches
    WHERE sent GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4`);

/** Everything that is in the bucket of the lake. */
const wholeLake = () => everythingIn(join(lake.s3Dir, LAKE_BUCKET));

describe('compaction of the ledger', () => {
  it('merges a closed day into few files, each recipient and each receipt once, and leaves days that are open', async () => {
    const open = receipt('a', '_email.open', 3);
    await lake.write('ledger_raw', [state('a', 'sent', 4), state('b', 'skipped', 4), open]);
    await lake.write('ledger_raw', [state('a', 'uncertain', 4), state('b', 'skipped', 4), open]);
    await lake.write('ledger_raw', [state('c', 'sent', 2)]);
    const before = await states();
    const happened = await told();
    expect(await night()).toEqual([
      { table: 'ledger', day: day(4) },
      { table: 'ledger', day: day(3) },
    ]);
    expect(await states()).toEqual(before);
    expect(await told()).toEqual(happened);
    expect(await lake.query('SELECT count(*) FROM ledger_compacted')).toEqual([['3']]);
    expect(await night()).toHaveLength(3);
    expect(await files(`ledger/day=${day(4)}/`)).toEqual([]);
    await night();
    expect(await files('ledger/')).toEqual([]);
    expect(await states()).toEqual(before);
    expect(await night()).toEqual([]);
  });

  it('reads of a closed day its own files and no others', async () => {
    for (const back of [5, 6, 7, 8])
      await lake.write('ledger_raw', [
        state(`a${back}`, 'sent', back),
        receipt(`a${back}`, '_email.open', back),
      ]);
    await night();
    await night();
    const receipts = `SELECT attributes FROM ledger_receipts WHERE day = DATE '${day(6)}'`;
    const all = await lake.scans(receipts);
    expect(all.filter(({ files: some }) => some !== 0).map(({ files: some }) => some)).toEqual([1]);
    const scans = await lake.scans(`SELECT attributes FROM ledger_states WHERE day = DATE '${day(6)}'`);
    // Beside them only what tells which recipients open days share with those before.
    expect(scans.map(({ files: some }) => some)).toContain(1);
  });

  it('takes in what comes into a day after it was compacted, and keeps the state it had', async () => {
    await lake.write('ledger_raw', [state('a', 'sent', 5), receipt('a', '_email.open', 5)]);
    await night();
    await lake.write('ledger_raw', [
      state('a', 'uncertain', 5),
      receipt('a', '_email.open', 5),
      state('late', 'sent', 5),
      receipt('a', '_email.click', 5),
    ]);
    await night();
    expect(await states()).toEqual([
      ['run1', 'a', 'sent', day(5)],
      ['run1', 'late', 'sent', day(5)],
    ]);
    expect(await told()).toEqual([
      ['run1', 'click', '1', '1'],
      ['run1', 'open', '1', '1'],
    ]);
    await night();
    await night();
    expect(await files('ledger/')).toEqual([]);
    expect(new Set((await files('ledger_compacted/')).map((key) => key.split('/')[2])).size).toBe(1);
  });

  it('counts a recipient once whose two days are compacted at the same time', async () => {
    await lake.write('ledger_raw', [
      state('a', 'uncertain', 5),
      state('a', 'sent', 6),
      state('b', 'sent', 5),
    ]);
    const wanted = [
      ['run1', 'a', 'sent', day(6)],
      ['run1', 'b', 'sent', day(5)],
    ];
    const together = nights.weighedTogether(2);
    await Promise.all(
      [5, 6].map((back) => compact({ table: 'ledger', day: day(back) }, { files: together })),
    );
    expect(await states()).toEqual(wanted);
    lake.clock.advance(HOUR_MS);
    expect(await states()).toEqual(wanted);
  });

  it('is done once by two workers on one day, and by a message that comes twice', async () => {
    await lake.write('ledger_raw', [state('a', 'sent', 5), state('b', 'sent', 5)]);
    const request = { table: 'ledger', day: day(5) } as const;
    await Promise.all([1, 2].map(() => compact(request)));
    await compact(request);
    lake.clock.advance(HOUR_MS);
    expect(await states()).toHaveLength(2);
    expect((await nights.deps.compactions.read(TABLES.ledger)).lines).toHaveLength(1);
  });

  it('drops what is older than the retention', async () => {
    await lake.write('ledger_raw', [state('old', 'sent', 18), state('young', 'sent', 5)]);
    await night();
    await night();
    await night({}, 15);
    expect(await states()).toEqual([['run1', 'young', 'sent', day(5)]]);
    expect(await files(`ledger_compacted/day=${day(18)}/`)).toEqual([]);
  });

  it('leads to one final state a recipient, the one that knows more, on whatever days they are told and wherever workers die', async () => {
    const record = fc.record({
      endpoint: fc.constantFrom('a', 'b', 'c'),
      run: fc.constantFrom('run1', 'run2'),
      status: fc.constantFrom<Status>('sent', 'failed', 'skipped', 'uncertain'),
      back: fc.integer({ min: 0, max: 7 }),
    });
    const deaths = fc.array(fc.integer({ min: 0, max: 14 }), { maxLength: WHOLE ? 4 : 2 });
    await fc.assert(
      fc.asyncProperty(fc.array(record, { minLength: 4, maxLength: 24 }), deaths, async (records, dies) => {
        await orphansEnd();
        empty();
        for (const part of [records.slice(0, 4), records.slice(4)])
          await lake.write(
            'ledger_raw',
            part.map(({ endpoint, run, status, back }) =>
              state(endpoint, status, back, { activity_id: run }),
            ),
          );
        const wanted = await states();
        expect(wanted).toEqual(finalStates(records));
        for (const at of [...dies, undefined, undefined]) {
          if (at !== undefined) await night(dying(at)).catch(() => undefined);
          expect(await states()).toEqual(wanted);
          await night();
          expect(await states()).toEqual(wanted);
        }
      }),
      { numRuns: WHOLE ? 8 : 2 },
    );
  }, 2_400_000);

  it('keeps every sum and one final state a recipient, whoever is erased meanwhile and wherever workers die', async () => {
    const record = fc.record({
      user: fc.constantFrom('hana', 'jun', undefined),
      device: fc.constantFrom('a', 'b'),
      run: fc.constantFrom('run1', 'run2'),
      status: fc.constantFrom<Status>('sent', 'skipped', 'uncertain'),
      // A crash leaves records of days that lie together.
      back: fc.integer({ min: 2, max: 5 }),
      opened: fc.boolean(),
    });
    const deaths = fc.array(fc.option(fc.integer({ min: 0, max: 14 })), { minLength: 7, maxLength: 7 });
    const hana = { id: 'e', userId: 'hana', turns: [], untilMs: NOW - 12 * DAY_MS };
    const erased = async () => [{ ...hana, key: 'k', endpoints: ['a-of-hana', 'b-of-hana'] }];
    await fc.assert(
      fc.asyncProperty(fc.array(record, { minLength: 4, maxLength: 16 }), deaths, async (records, dies) => {
        await orphansEnd();
        empty();
        const rows = records.flatMap(({ user, device, run, status, back, opened }) => {
          const endpoint = `${device}-of-${user ?? 'hana'}`;
          const of = { activity_id: run, ...(user === undefined ? {} : { user_id: user }) };
          const open = receipt(endpoint, '_email.open', back - 1, of);
          return opened ? [state(endpoint, status, back, of), open] : [state(endpoint, status, back, of)];
        });
        await lake.write('ledger_raw', rows);
        const wanted = await audience();
        const whole = { members: await members(), told: await told() };
        for (const at of dies) {
          if (at !== null) await night({ ...dying(at), erasures: { erased } }).catch(() => undefined);
          await night({ erasures: { erased } });
          // As the nightly look asks: of what still names her.
          const days = await lake.query(
            "SELECT DISTINCT day FROM ledger_compacted WHERE endpoint_id LIKE '%of-hana'",
          );
          for (const [named = ''] of days)
            await compact({ table: 'ledger', day: named, anew: true }, { erasures: { erased } });
          expect(await audience()).toEqual(wanted);
          lake.clock.advance(HOUR_MS);
          expect(await audience()).toEqual(wanted);
        }
        await night({ erasures: { erased } });
        // A run of two days is masked in two nights; between them somebody has two names.
        expect({ members: await members(), told: await told() }).toEqual(whole);
        expect((await wholeLake()).includes('hana')).toBe(false);
      }),
      { numRuns: WHOLE ? 5 : 1 },
    );
  }, 2_400_000);
});

const audience = () =>
  lake.query(`SELECT activity_id, status, count(*), count(DISTINCT message_id), count(DISTINCT endpoint_id)
    FROM messages GROUP BY 1, 2 ORDER BY 1, 2`);
const members = () =>
  lake.query('SELECT activity_id, status, count(DISTINCT user_id) FROM messages GROUP BY 1, 2 ORDER BY 1, 2');

/** By the words of the view's header. */
function finalStates(
  records: readonly { endpoint: string; run: string; status: Status; back: number }[],
): string[][] {
  const knowledge = { sent: 1, failed: 1, uncertain: 2, skipped: 3 };
  const best = new Map<string, (typeof records)[number]>();
  for (const record of records) {
    const key = `${record.run} ${record.endpoint}`;
    const other = best.get(key);
    const order = (one: typeof record) => [knowledge[one.status], one.back, one.status];
    if (!other || order(record) < order(other)) best.set(key, record);
  }
  return [...best.values()]
    .map(({ run, endpoint, status, back }) => [run, endpoint, status, day(back)])
    .sort((a, b) => (a.join() < b.join() ? -1 : 1));
}

describe('the ledger of somebody who is erased', () => {
  const hana: ErasedPerson = {
    ...{ id: 'erasure-1', userId: "hana-o'user", turns: [], untilMs: NOW - 12 * DAY_MS },
    ...{ endpoints: ['hana-old-phone', 'hana-mail', 'hana-phone', 'hana-tablet'], key: 'random-key-of-hana' },
  };
  const erasures = { erased: async () => [hana] };
  const mine = { user_id: hana.userId };
  const rows = () => [
    state('hana-mail', 'sent', 30, mine),
    state('hana-phone', 'sent', 30, mine),
    state('hana-tablet', 'failed', 31, mine),
    state('hana-old-phone', 'sent', 30),
    state('jun-mail', 'sent', 30, { user_id: 'jun' }),
    state('hana-mail', 'sent', 29, { ...mine, activity_id: 'run2' }),
    receipt('hana-mail', '_email.open', 28, mine),
    receipt('hana-mail', '_email.click', 27),
    receipt('jun-mail', '_email.open', 28, { user_id: 'jun' }),
  ];
  const opened = eventLine({
    event_id: 'opened-1',
    name: 'message_open',
    user_id: hana.userId,
    occurred_at: `${day(26)} 10:00:00.000`,
    properties: JSON.stringify({
      message_id: 'message-run1-hana-phone',
      campaign_id: 'c1',
      activity_id: 'run1',
    }),
  });

  /** The nights in which everything of theirs is masked, and the files that were replaced go. */
  async function erased(): Promise<void> {
    await night();
    const requests = [
      ...[26, 27, 28, 29, 30, 31].map((back) => ({ table: 'ledger', day: day(back) }) as const),
      { table: 'events', filed: 'occurred', day: day(26) } as const,
    ];
    for (const request of requests) await compact({ ...request, anew: true }, { erasures });
    lake.clock.advance(DAY_MS);
    await night({ erasures });
  }

  it('counts in every sum as before, each recipient once and all their devices as one member', async () => {
    const others = state('hana-old-phone', 'sent', 30, { activity_id: 'run2', user_id: 'jun' });
    await lake.write('ledger_raw', [...rows(), others]);
    await lake.write('events_raw', [opened]);
    const before = { sums: await sums(), told: await told(), touched: await touched() };
    await erased();
    expect({ sums: await sums(), told: await told(), touched: await touched() }).toEqual(before);
    expect(await lake.query("SELECT endpoint_id FROM messages WHERE user_id = 'jun' ORDER BY 1")).toEqual([
      ['hana-old-phone'],
      ['jun-mail'],
    ]);
  });

  it('holds nothing of theirs in any byte, nor what is made of their ids alone, and the same person in each run by another name', async () => {
    await lake.write('ledger_raw', rows());
    await lake.write('events_raw', [opened]);
    expect(await wholeLake()).toContain('hana');
    await erased();
    const whole = await wholeLake();
    const names = ['hana', 'random-key', 'erasure-1', 'record-run1-hana', 'message-run1-hana'];
    expect(names.filter((name) => whole.includes(name))).toEqual([]);
    expect(whole).toContain('message-run1-jun-mail');
    const called = await lake.query(
      "SELECT DISTINCT activity_id, user_id FROM messages WHERE user_id LIKE 'erased-%' ORDER BY 1",
    );
    expect(called.map(([run]) => run)).toEqual(['run1', 'run2']);
    expect(new Set(called.map(([, user]) => user)).size).toBe(2);
  });

  it('knows a repeat of what is masked already, and counts it no second time', async () => {
    await lake.write('ledger_raw', rows());
    const before = await sums();
    await erased();
    await lake.write('ledger_raw', [
      state('hana-mail', 'sent', 30, mine),
      receipt('hana-mail', '_email.open', 28, mine),
    ]);
    await night({ erasures });
    await night({ erasures });
    await night({ erasures });
    expect(await sums()).toEqual(before);
    expect(await lake.query("SELECT count(*) FROM message_events WHERE event = 'open'")).toEqual([['2']]);
    expect(await wholeLake()).not.toContain('hana-mail');
  });

  it('stays as it is until there is a key', async () => {
    await lake.write('ledger_raw', rows());
    await night();
    const { key: _key, ...keyless } = hana;
    const request = { table: 'ledger', day: day(30), anew: true } as const;
    await compact(request, { erasures: { erased: async () => [keyless] } });
    lake.clock.advance(HOUR_MS);
    expect((await states()).map(([, endpoint]) => endpoint)).toContain('hana-mail');
  });
});
