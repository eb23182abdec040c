import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { viewFiles } from '../../lib/shared/view-files.ts';
import { MACROS } from '../../local/aws/athena/macros.ts';
import { toDuckDb } from '../../local/aws/athena/translate.ts';
import { lakeFixture } from '../local/aws/support/lake-fixture.ts';

const STATUSES = ['sent', 'failed', 'skipped', 'uncertain'] as const;
const CHANNELS = { GCM: 'PUSH', APNS: 'PUSH', EMAIL: 'EMAIL', SMS: 'SMS' } as const;

interface Message {
  readonly message_id: string;
  readonly channel: keyof typeof CHANNELS;
  readonly status: (typeof STATUSES)[number];
  readonly repoint_campaign: string | null;
  readonly repoint_send: string | null;
  readonly at: string;
}
interface Told {
  readonly message_id: string;
  readonly event: string;
}

/** Two campaigns, one with two sends, and one that somebody else made. */
const OCCASIONS = [
  { repoint_campaign: 'c1', repoint_send: 's1' },
  { repoint_campaign: 'c1', repoint_send: 's2' },
  { repoint_campaign: 'c2', repoint_send: 's3' },
  { repoint_campaign: null, repoint_send: null },
];

const messages: fc.Arbitrary<Message[]> = fc
  .array(
    fc.record({
      channel: fc.constantFrom('GCM', 'APNS', 'EMAIL', 'SMS'),
      status: fc.constantFrom(...STATUSES),
      occasion: fc.constantFrom(...OCCASIONS),
      at: fc
        .integer({ min: 0, max: 59 })
        .map((second) => `2026-11-21 12:00:${String(second).padStart(2, '0')}.000`),
    }),
    { maxLength: 80, size: 'max' },
  )
  .map((rows) =>
    rows.map(({ occasion, ...row }, index) => ({ ...row, ...occasion, message_id: `m${index}` })),
  );

/** Receipts and opens, doubled ones and ones of unknown messages among them. */
const told: fc.Arbitrary<Told[]> = fc.array(
  fc.record({
    message_id: fc.integer({ min: 0, max: 90 }).map((index) => `m${index}`),
    event: fc.constantFrom('accepted', 'delivered', 'open', 'click', 'bounce'),
  }),
  { maxLength: 120, size: 'max' },
);

/** The header of the view, read aloud for one row. */
function naive(all: readonly Message[], events: readonly Told[]) {
  const groups = new Map<string, Message[]>();
  for (const message of all) {
    if (message.repoint_campaign === null) continue;
    const key = [message.repoint_campaign, message.repoint_send, CHANNELS[message.channel]].join(' ');
    groups.set(key, [...(groups.get(key) ?? []), message]);
  }
  const has = ({ message_id }: Message, name: string) =>
    events.some((event) => event.message_id === message_id && event.event === name);
  return [...groups].sort().map(([key, group]) => {
    const count = (holds: (message: Message) => boolean) => group.filter(holds).length;
    const opened = count((message) => has(message, 'open'));
    const delivered = count(
      (message) =>
        has(message, 'open') ||
        has(message, 'delivered') ||
        (CHANNELS[message.channel] === 'PUSH' && message.status === 'sent'),
    );
    const sent = count(({ status }) => status === 'sent');
    return {
      key,
      started_at: group
        .map(({ at }) => at)
        .sort()[0]
        ?.slice(0, 19),
      audience: group.length,
      ...Object.fromEntries(STATUSES.map((name) => [name, count(({ status }) => status === name)])),
      delivered,
      opened,
      delivery_rate: sent === 0 ? null : delivered / sent,
      open_rate: delivered === 0 ? null : opened / delivered,
    };
  });
}

let db: Awaited<ReturnType<DuckDBInstance['connect']>>;
let sql: string;
beforeAll(async () => {
  db = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect();
  for (const macro of MACROS) await db.run(macro);
  const view = viewFiles().find(({ name }) => name === 'campaign_results');
  if (!view) throw new Error('the view is not in the tree');
  sql = toDuckDb(
    `SELECT * FROM (${view.sql.replaceAll('${database}', 'main')}) ORDER BY campaign_id, send_id, channel`,
  );
});
afterAll(() => db.closeSync());

async function load(table: string, columns: readonly string[], rows: readonly object[]): Promise<void> {
  const select = columns.map((column) => `e->>'${column}' AS ${column}`).join(', ');
  await db.run(
    `CREATE OR REPLACE TABLE ${table} AS SELECT ${select} FROM (SELECT unnest(from_json($1::JSON, '["JSON"]')) AS e)`,
    [JSON.stringify(rows)],
  );
}

describe('campaign_results', () => {
  it('counts each recipient once, and each opened or delivered message once', async () => {
    await fc.assert(
      fc.asyncProperty(messages, told, async (all, events) => {
        await load(
          'messages',
          ['message_id', 'channel', 'status', 'repoint_campaign', 'repoint_send', 'at'],
          all,
        );
        await load('message_events', ['message_id', 'event'], events);
        const rows = (await db.runAndReadAll(sql)).getRowObjects();
        const found = rows.map(({ campaign_id, send_id, channel, started_at, ...numbers }) => ({
          key: [campaign_id, send_id, channel].join(' '),
          started_at: String(started_at).slice(0, 19),
          ...Object.fromEntries(
            Object.entries(numbers).map(([name, value]) => [name, value === null ? null : Number(value)]),
          ),
        }));
        expect(found).toEqual(naive(all, events));
        for (const row of naive(all, events)) {
          const { audience, sent, failed, skipped, uncertain } = row as unknown as Record<string, number>;
          expect((sent ?? 0) + (failed ?? 0) + (skipped ?? 0) + (uncertain ?? 0)).toBe(audience);
        }
      }),
      { numRuns: 4 },
    );
  });
});

describe('campaign_results on the lake', () => {
  const lake = lakeFixture('events', 'messages', 'message_events', 'campaign_results');
  const record = (record_id: string, event_type: string, endpoint_id: string, more: object = {}) => ({
    record_id,
    event_type,
    occurred_at: '2026-11-21 12:00:00.000',
    application_id: 'app',
    campaign_id: 'p1',
    activity_id: 'a1',
    endpoint_id,
    message_id: `m-${endpoint_id}`,
    channel: 'EMAIL',
    campaign_tags: JSON.stringify({ 'repoint:campaign': 'c1', 'repoint:send': 's1' }),
    day: '2026-11-21',
    ...more,
  });

  it('is made from the ledger: two sent, one delivered and opened twice, one skipped', async () => {
    await lake.write('ledger_raw', [
      record('1', '_campaign.send', 'e1', { status: 'sent', reason: 'SUCCESS' }),
      record('2', '_campaign.send', 'e2', { status: 'sent', reason: 'SUCCESS' }),
      record('3', '_campaign.send', 'e3', { status: 'skipped', reason: 'ENDPOINT_OPT_OUT' }),
      record('4', '_email.delivered', 'e1'),
      record('5', '_email.open', 'e1'),
      record('6', '_email.open', 'e1'),
    ]);
    expect(
      await lake.query(
        'SELECT campaign_id, send_id, channel, audience, sent, delivered, skipped, opened, open_rate FROM campaign_results',
      ),
    ).toEqual([['c1', 's1', 'EMAIL', '3', '2', '1', '1', '1', '1.0']]);
  });
});
