import { join } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { compactPartition } from '../../../lambdas/events/compaction/compact-partition.ts';
import type { CompactRequest } from '../../../lambdas/events/compaction/ports.ts';
import { queueCompactions } from '../../../lambdas/events/compaction/queue-compactions.ts';
import { s3Compactions, s3LakeFiles } from '../../../lambdas/events/index.ts';
import { eraseFromLake } from '../../../lambdas/members/erasure/erase-from-lake.ts';
import { eraseFromTables } from '../../../lambdas/members/erasure/erase-from-tables.ts';
import { dynamoErasedPeople, dynamoErasures } from '../../../lambdas/members/erasure/erasure-store.aws.ts';
import { getErasure } from '../../../lambdas/members/erasure/get-erasure.ts';
import { dynamoPersonRows } from '../../../lambdas/members/erasure/person-rows.aws.ts';
import { requestErasure } from '../../../lambdas/members/erasure/request-erasure.ts';
import { cryptoIds } from '../../../lambdas/shared/ids.ts';
import { athenaQueries } from '../../../lambdas/shared/queries.aws.ts';
import { type S3, startS3 } from '../../../local/aws/s3/index.ts';
import { DATABASE, WORKGROUP } from '../../local/aws/support/athena.ts';
import { client } from '../../local/aws/support/folder.ts';
import { eventLine, LAKE_BUCKET } from '../../local/aws/support/lake.ts';
import { lakeFixture } from '../../local/aws/support/lake-fixture.ts';
import { WHOLE } from '../../support/matrix.ts';
import { everythingIn } from '../../support/whole-lake.ts';
import { type Dynamo, startDynamo } from '../support/dynamo.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const HOUR_MS = 60 * 60 * 1000;
/** When the person asks; 18:00 is three in the morning in Seoul. */
const ASKED = Date.parse('2026-03-20T18:00:00Z');
const KEEPING = {
  ...{ streamHours: 72, quarantineDays: 14, workDays: 14, logsDays: 90, accessLogDays: 90 },
};

const lake = lakeFixture('events', 'turns_by_version', 'pieces_by_version', 'messages', 'message_events');
const LAKE = [
  ...['events_raw', 'events_compacted', 'identity_turns', 'activity_pieces', 'compactions', 'errors'],
  ...['ledger_raw', 'ledger_compacted', 'ledger_compactions'],
];
let s3: S3;
let dynamo: Dynamo;
let asked = 0;
/** What the worker's queue holds. */
let messages: { id: string }[] = [];
let erasedUsers: string[] = [];

beforeAll(async () => {
  s3 = await startS3({ dir: lake.s3Dir, buckets: [LAKE_BUCKET, 'repoint-test-work'] });
  dynamo = await startDynamo();
});
afterAll(async () => {
  await s3.close();
  await dynamo.close();
});
beforeEach(async () => {
  for (const table of LAKE) lake.clear(table);
  lake.clock.set(ASKED - 3 * DAY_MS);
  messages = [];
  erasedUsers = [];
});

const ctx = (now = lake.clock.now()) => ({
  actor: 'test',
  requestId: `request-${asked++}`,
  now,
  deadline: now + 15 * 60_000,
});

function world() {
  const s3Client = new S3Client({ ...client(s3.url), forcePathStyle: true });
  const erasures = dynamoErasures(dynamo.erasures, dynamo.client);
  const people = dynamoErasedPeople(dynamo.erasures, dynamo.client);
  return {
    erasures,
    rows: dynamoPersonRows({ table: dynamo.members, stateTable: dynamo.states }, dynamo.client),
    endpoints: {
      idsOf: async () => ['phone-of-hana'],
      eraseUser: async (userId: string) => void erasedUsers.push(`endpoints of ${userId}`),
    },
    forgetMember: async (userId: string) => void erasedUsers.push(`campaigns of ${userId}`),
    queue: { send: async (message: { id: string }) => void messages.push(message) },
    ids: cryptoIds,
    keeping: KEEPING,
    compactions: s3Compactions(LAKE_BUCKET, s3Client),
    files: s3LakeFiles(LAKE_BUCKET, s3Client),
    queries: athenaQueries({ workgroup: WORKGROUP, database: DATABASE }, lake.client()),
    time: {
      now: () => lake.clock.now(),
      sleep: () => new Promise<void>((resolve) => setTimeout(resolve, 5)),
    },
    erased: () => people.erased(),
  };
}
type World = ReturnType<typeof world>;

/** What the functions of a night do, one after the other, and the workers of their queues. */
async function night(deps: World = world()): Promise<CompactRequest[]> {
  const at = lake.clock.now();
  const queued: CompactRequest[] = [];
  const queue = {
    send: async (request: CompactRequest) => void queued.push(request),
    sendAll: async () => {},
  };
  const real = world();
  await queueCompactions({ ...real, queue, retentionDays: { events: 730, ledger: 730 } }, ctx());
  await eraseFromLake({ ...deps, rewriting: queue }, ctx());
  for (const request of queued) await compactPartition({ ...real, erasures: deps }, ctx(), request);
  await work(deps);
  lake.clock.set(at + DAY_MS);
  return queued;
}

/**
 * Nights after the request in which something happens: old days are masked, the files they replaced go, younger days follow; the
 * last ones are those in which the engine may still have told of them.
 */
const NIGHTS = [0, 1, 2, 10, 11, 12, 16, 18, 19, 20, 21];

/** Lives through those nights, as long as `goesOn` says so after each. */
async function nights(goesOn: () => Promise<boolean>, deps: World = world()): Promise<void> {
  for (const days of NIGHTS) {
    lake.clock.set(ASKED + days * DAY_MS);
    // Each night's function dies once, somewhere else each time, and is called again.
    const lost = { send: async () => {} };
    await eraseFromLake({ ...dying(deps, days), rewriting: lost }, ctx()).catch(() => undefined);
    await night(deps);
    if (!(await goesOn())) return;
  }
}

/** The worker's messages, and those it sends itself, each a while later. */
async function work(deps: World = world()): Promise<void> {
  for (let message = messages.shift(); message !== undefined; message = messages.shift()) {
    await eraseFromTables(deps, ctx(), message);
    lake.clock.advance(130_000);
  }
}

const iso = (ms: number) => new Date(ms).toISOString().replace('T', ' ').replace('Z', '');
const on = (day: string, event_id: string, more = {}) =>
  eventLine({ event_id, occurred_at: `${day} 10:00:00.000`, ...more });
const order = (day: string, event_id: string, transaction_id: string, more = {}) =>
  on(day, event_id, {
    name: 'purchase',
    properties: JSON.stringify({
      transaction_id,
      revenue: 12.5,
      currency: 'KRW',
      note: `gift-for-${event_id}`,
    }),
    ...more,
  });

/** Everything that is in the bucket of the lake. */
const wholeLake = () => everythingIn(join(lake.s3Dir, LAKE_BUCKET));

/** A message of a run to an endpoint, as the engine tells its state, or what came back of it. */
const message = (day: string, endpoint_id: string, more: Record<string, unknown> = {}) => ({
  record_id: `record ${day} ${endpoint_id} ${String(more['event_type'])}`,
  event_type: '_campaign.send',
  occurred_at: `${day} 10:00:00.000`,
  application_id: 'app',
  campaign_id: 'c1',
  activity_id: 'run1',
  endpoint_id,
  channel: 'EMAIL',
  message_id: `message of ${endpoint_id}`,
  provider_message_id: `ses of ${endpoint_id}`,
  status: 'sent',
  reason: 'SUCCESS',
  attributes: JSON.stringify({ said: endpoint_id }),
  day,
  ...more,
});
const opened = { event_type: '_email.open', status: undefined, reason: undefined };
const HANAS = { user_id: 'hana-user' };
/** Of one run, long ago: two of hana's addresses, one of them known to the engine alone, and what came back. */
const OLD_MESSAGES = [
  message('2026-01-05', 'email:hana-user', HANAS),
  message('2026-01-05', 'phone-of-hana'),
  message('2026-01-05', 'email:other', { user_id: 'other' }),
  message('2026-01-07', 'email:hana-user', opened),
  message('2026-01-08', 'email:other', opened),
];
const audience = () =>
  lake.query(`SELECT m.activity_id, m.status, count(DISTINCT m.endpoint_id), count(DISTINCT m.user_id), count(DISTINCT e.message_id)
    FROM messages AS m LEFT JOIN message_events AS e ON e.message_id = m.message_id GROUP BY 1, 2 ORDER BY 1, 2`);

const totals = () =>
  lake.query(`SELECT name, count(*), sum(CAST(json_extract_scalar(properties, '$.revenue') AS double))
    FROM events GROUP BY name ORDER BY name`);

const NAMES = [
  'hana-user',
  'hana-phone',
  'hana-late-phone',
  'order-hana',
  'gift-for-old',
  'gift-for-shop',
  'gift-for-browser',
  '/hana',
  'hana-session',
  'of-hana',
  'email:hana',
];

describe('an erasure', () => {
  it.runIf(WHOLE)(
    'leaves nothing that names the person in any file of the lake, and every total as it was',
    async () => {
      const hana = {
        user_id: 'hana-user',
        page_url: 'https://shop.example/hana',
        session_hint: 'hana-session',
      };
      const anonymous = { anonymous_id: 'hana-phone', properties: '{"query":"gift-for-old"}' };
      await lake.write('events_raw', [
        order('2026-01-05', 'old', 'order-hana-1', hana),
        on('2026-01-05', 'visit', anonymous),
        on('2026-01-06', 'login', { ...hana, anonymous_id: 'hana-phone' }),
        order('2026-01-06', 'other', 'order-other', { user_id: 'other', page_url: 'https://shop.example/x' }),
      ]);
      await night();
      await night();
      // One order, told twice: by the shop on one day, by the browser on the next.
      const evening = iso(Date.parse('2026-03-15T23:59:59Z'));
      await lake.write('events_raw', [
        order('2026-03-15', 'shop', 'order-hana-2', { ...hana, occurred_at: evening, received_at: evening }),
        order('2026-03-16', 'browser', 'order-hana-2', { anonymous_id: 'hana-late-phone' }),
        on('2026-03-16', 'later', { ...hana, anonymous_id: 'hana-late-phone' }),
        on('2026-03-16', 'ancient', { ...hana, filed: 'received', occurred_at: '2026-01-05 09:00:00.000' }),
        on('2026-03-16', 'stranger', { user_id: 'other', anonymous_id: 'others-phone' }),
      ]);
      await lake.write('ledger_raw', [
        ...OLD_MESSAGES,
        message('2026-03-18', 'email:hana-user', { ...HANAS, activity_id: 'run2' }),
        // Slices that were cut before go on telling of their recipients.
        message('2026-03-29', 'email:hana-user', { ...HANAS, activity_id: 'run3', status: 'skipped' }),
        message('2026-03-29', 'email:other', { user_id: 'other', activity_id: 'run3' }),
      ]);
      lake.clock.set(ASKED);
      const before = await totals();
      const reached = await audience();
      const { id } = await requestErasure(world(), ctx(), 'hana-user');
      await work();
      const told = () => getErasure(world(), id);
      expect((await told()).state).toBe('erasing');
      expect(await wholeLake()).toContain('order-hana-2');
      await nights(async () => {
        expect(await totals()).toEqual(before);
        return (await told()).state !== 'done';
      });
      const done = await told();
      expect(done).toMatchObject({ state: 'done', lake: { left: 0 } });
      expect(Date.parse(done.doneAt ?? '')).toBeLessThanOrEqual(Date.parse(done.lake.by));
      const whole = await wholeLake();
      expect(NAMES.filter((name) => whole.includes(name))).toEqual([]);
      expect(await audience()).toEqual(reached);
      for (const theirs of ['order-other', 'others-phone', 'https://shop.example/x'])
        expect(whole).toContain(theirs);
      expect(
        JSON.stringify(await dynamo.client.send(new ScanCommand({ TableName: dynamo.erasures }))),
      ).not.toContain('hana');
    },
  );

  it('finds their rows of the ledger by the person and by the endpoints that were theirs, and keeps every sum', async () => {
    await lake.write('ledger_raw', OLD_MESSAGES);
    lake.clock.set(ASKED - 3 * DAY_MS);
    await night();
    await night();
    lake.clock.set(ASKED);
    const reached = await audience();
    const { id } = await requestErasure(world(), ctx(), 'hana-user');
    await work();
    for (const days of [0, 1, 2]) {
      lake.clock.set(ASKED + days * DAY_MS);
      await night();
      expect(await audience()).toEqual(reached);
    }
    expect((await getErasure(world(), id)).lake.left).toBe(0);
    const whole = await wholeLake();
    expect(['hana-user', 'phone-of-hana'].filter((name) => whole.includes(name))).toEqual([]);
    expect(whole).toContain('ses of email:other');
  });

  it('touches nothing of who shares a browser with the person, or comes back as the person', async () => {
    const shared = { anonymous_id: 'family-pc' };
    const at = (hour: string) => ({
      occurred_at: `2026-01-05 ${hour}:00:00.000`,
      received_at: `2026-01-05 ${hour}:00:00.000`,
    });
    await lake.write('events_raw', [
      on('2026-01-05', 'of-sister', { ...shared, ...at('08') }),
      on('2026-01-05', 'sister', { ...shared, ...at('09'), user_id: 'sister' }),
      on('2026-01-05', 'of-hana', { ...shared, ...at('10') }),
      on('2026-01-05', 'hana', { ...shared, ...at('11'), user_id: 'hana-user' }),
      on('2026-01-05', 'hana-again', { ...shared, ...at('12'), user_id: 'hana-user' }),
      on('2026-01-05', 'of-sister-later', { ...shared, ...at('13') }),
      on('2026-01-05', 'sister-later', { ...shared, ...at('14'), user_id: 'sister' }),
    ]);
    await night();
    await lake.write('events_raw', [
      on('2026-03-21', 'back', { user_id: 'hana-user', received_at: iso(ASKED + DAY_MS + HOUR_MS) }),
    ]);
    lake.clock.set(ASKED);
    const { id } = await requestErasure(world(), ctx(), 'hana-user');
    await work();
    await nights(async () => (await getErasure(world(), id)).state !== 'done');
    expect((await getErasure(world(), id)).state).toBe('done');
    expect(
      await lake.query('SELECT event_id, user_id, anonymous_id FROM events ORDER BY occurred_at'),
    ).toEqual([
      ['of-sister', undefined, 'family-pc'],
      ['sister', 'sister', 'family-pc'],
      ['of-hana', undefined, undefined],
      ['hana', undefined, undefined],
      ['hana-again', undefined, undefined],
      ['of-sister-later', undefined, 'family-pc'],
      ['sister-later', 'sister', 'family-pc'],
      ['back', 'hana-user', undefined],
    ]);
  });
});

/** The ports of which one dies in the middle of its `n`th call: what it does is done or not. */
function dying(deps: World, n: number): World {
  let calls = 0;
  const deadly =
    <Given extends unknown[], Answer>(run: (...given: Given) => Promise<Answer>) =>
    async (...given: Given): Promise<Answer> => {
      const dies = calls++ === n;
      if (dies && n % 2 === 0) throw new Error('killed before');
      const answer = await run(...given);
      if (dies) throw new Error('killed after');
      return answer;
    };
  const { erasures, queries, rows } = deps;
  return {
    ...deps,
    erasures: {
      ...erasures,
      found: deadly(erasures.found),
      keyed: deadly(erasures.keyed),
      close: deadly(erasures.close),
    },
    queries: { ...queries, start: deadly(queries.start), rows: deadly(queries.rows) },
    rows: { ...rows, removeFromBrowsers: deadly(rows.removeFromBrowsers) },
  };
}
