/** From the collector to the view `events`, with what goes wrong on the way (spec §1: nothing accepted is lost, none counts twice). */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { arrivalOf } from '../../lambdas/events/arrival.ts';
import { collectEvents } from '../../lambdas/events/collect-events.ts';
import { s3ErrorFiles } from '../../lambdas/events/quarantine/error-files.aws.ts';
import { replay } from '../../lambdas/events/quarantine/replay.ts';
import { DAY_MS, HOUR_MS } from '../../lambdas/events/time.ts';
import type { StreamRecord } from '../../lambdas/shared/stream-writer.ts';
import { type Firehose, startFirehose } from '../../local/aws/firehose/index.ts';
import { StreamLog } from '../../local/aws/kinesis/stream-log.ts';
import { streamShape } from '../../local/aws/kinesis/stream-properties.ts';
import { type S3, startS3 } from '../../local/aws/s3/index.ts';
import { client } from '../local/aws/support/folder.ts';
import { deliveryStream, glueTables, LAKE_BUCKET } from '../local/aws/support/lake.ts';
import { lakeFixture } from '../local/aws/support/lake-fixture.ts';
import { countedIds, memoryQuarantine, pseudonyms } from './quarantine/support/memory.ts';

const lake = lakeFixture('events', 'member_actions', 'session_facts');
let log: StreamLog;
let firehose: Firehose;
let s3: S3;
let sdk: S3Client;

beforeAll(async () => {
  log = new StreamLog({
    dir: join(lake.s3Dir, '.kinesis'),
    streams: [streamShape({ Name: 'events', ShardCount: 4 })],
    clock: { now: Date.now },
  });
  firehose = await startFirehose({
    deliveryStreams: [deliveryStream('events', 'events_raw', ['filed', 'day'])],
    kinesis: { log },
    glueTables,
    dir: join(lake.s3Dir, '.firehose'),
    s3Dir: lake.s3Dir,
    flushMs: 3_600_000,
  });
  s3 = await startS3({ dir: lake.s3Dir, buckets: [LAKE_BUCKET] });
  sdk = new S3Client(client(s3.url));
});
afterAll(async () => {
  sdk.destroy();
  await s3.close();
  await firehose.close();
  log.close();
});

const put = (records: readonly StreamRecord[]) =>
  void log.append(
    'events',
    records.map(({ partitionKey, lines }) => ({ partitionKey, data: Buffer.from(lines) })),
  );
const NOW = Date.UTC(2026, 10, 21, 12);
const ctxAt = (now: number) => ({ actor: 'key', requestId: 'r', now, deadline: now + 1000 });

type Sent = { readonly event_id: string } & Record<string, unknown>;
const event = (occurredMs: number, more: Record<string, unknown> = {}): Sent => ({
  event_id: randomUUID(),
  name: 'page_view',
  occurred_at: occurredMs,
  user_id: 'u1',
  page: { url: 'https://shop.example.com/' },
  ...more,
});

const quarantine = memoryQuarantine();
const ids = countedIds();
/** Sends events; the stream is written by `write`. */
const collect = (
  events: readonly Sent[],
  receivedMs = NOW,
  write: (records: readonly StreamRecord[]) => void = put,
) =>
  collectEvents(
    { stream: { write: async (records) => write(records) }, quarantine, ids, pseudonyms },
    ctxAt(receivedMs),
    {
      body: events,
      arrival: arrivalOf({ door: 'private' }, {}, receivedMs),
    },
  );

const inView = async (events: readonly Sent[]) => {
  await firehose.flush();
  const list = events.map(({ event_id: id }) => `'${id}'`).join(', ');
  const seen = async (view: string) =>
    (await lake.query(`SELECT event_id FROM ${view} WHERE event_id IN (${list}) ORDER BY event_id`)).flat();
  // The views that others are made of: whose each event is, and what sessions count.
  const found = await seen('events');
  expect(await seen('member_actions')).toEqual(found);
  expect(await lake.query('SELECT sum(events) FROM session_facts')).toEqual(
    await lake.query('SELECT count(*) FROM events'),
  );
  return found;
};
const idsOf = (events: readonly Sent[]) => events.map(({ event_id: id }) => id).sort();

describe('each accepted event is once in the view', () => {
  const times = Array.from({ length: 40 }, (_, index) => NOW - index * 5 * HOUR_MS);

  it('when each Kinesis batch is delivered twice', async () => {
    const events = times.map((ms) => event(ms));
    await collect(events, NOW, (records) => {
      put(records);
      put(records);
    });
    expect(await inView(events)).toEqual(idsOf(events));
  });

  it('when the order of the records is reversed, and they come again in order after that', async () => {
    const events = times.map((ms, index) => event(ms, { user_id: `u${index % 7}` }));
    for (const part of [events.slice(0, 20), events.slice(20)])
      await collect(part, NOW, (records) => {
        put([...records].reverse());
        put(records);
      });
    expect(await inView(events)).toEqual(idsOf(events));
  });

  it('when it comes 71 hours late, in time, and again two days later, late', async () => {
    const events = [event(NOW - 71 * HOUR_MS), event(NOW - 71 * HOUR_MS - 1)];
    expect((await collect(events)).accepted).toBe(2);
    await collect(events, NOW + 2 * DAY_MS);
    expect(await inView(events)).toEqual(idsOf(events));
    const found = await lake.query(
      `SELECT DISTINCT late FROM events WHERE event_id = '${events[0]?.event_id}'`,
    );
    expect(found).toEqual([['false']]);
  });

  it('when it comes again after so long that it is filed by the day it comes', async () => {
    const events = [event(NOW - 6 * DAY_MS)];
    for (const again of [0, 1, 4, 30]) await collect(events, NOW + again * DAY_MS);
    expect(await inView(events)).toEqual(idsOf(events));
  });

  it('and one that is 25 hours ahead is not accepted: it lies in quarantine, and comes in once its time is right', async () => {
    const ahead = event(NOW + 25 * HOUR_MS);
    const [nearly, right] = [event(NOW + 23 * HOUR_MS), { ...ahead, occurred_at: NOW }];
    const { accepted, errors } = await collect([ahead, nearly]);
    expect([accepted, errors[0]?.field, errors[0]?.quarantine_id]).toEqual([
      1,
      'occurred_at',
      expect.any(String),
    ]);
    expect(await inView([ahead, nearly])).toEqual([nearly.event_id]);
    await collect([right], NOW + DAY_MS);
    expect(await inView([ahead, nearly])).toEqual(idsOf([ahead, nearly]));
  });
});

describe('what was not accepted at first', () => {
  it('is once in the view after its replay, though the replay died in between and the client sent it again corrected', async () => {
    const mended = event(NOW - 12 * DAY_MS);
    const { page: _, ...broken } = mended;
    const { errors } = await collect([
      { ...mended, page: { link: 'x' } } as Sent,
      { ...broken, colour: 'red' } as Sent,
    ]);
    const id = errors[0]?.quarantine_id ?? '';
    const object = id.replace(/-\d+$/, '');
    const kept = await quarantine.read(object);
    if (!kept) throw new Error('nothing was kept');
    const events = kept.events.map((one) => ({ ...one, event: JSON.stringify(mended) }));
    await quarantine.keep(object, events);
    const deps = {
      store: quarantine,
      quarantine,
      ids,
      pseudonyms,
      erasures: { erased: async () => [] },
      quarantineDays: 14,
      errors: s3ErrorFiles(LAKE_BUCKET, sdk),
    };
    const stream = { write: async (records: readonly StreamRecord[]) => put(records) };
    await replay({ ...deps, stream }, ctxAt(NOW + DAY_MS), { ids: [id] });
    await quarantine.keep(object, events);
    expect((await replay({ ...deps, stream }, ctxAt(NOW + 2 * DAY_MS), { ids: [id] })).replayed).toBe(1);
    await collect([mended], NOW + 3 * DAY_MS);
    expect(await inView([mended])).toEqual([mended.event_id]);
  });

  it('and what Firehose could not file is once in the view after its replay, beside what it could', async () => {
    const events = [event(NOW - HOUR_MS), event(NOW - 2 * HOUR_MS), event(NOW - 3 * HOUR_MS)];
    // A row whose version is no number does not fit its column.
    await collect(events, NOW, (records) =>
      put(
        records.map((record) => ({
          ...record,
          lines: record.lines.replace('"schema_version":1', '"schema_version":"one"'),
        })),
      ),
    );
    const filed = await inView(events);
    expect(filed.length).toBeLessThan(3);
    const errors = s3ErrorFiles(LAKE_BUCKET, sdk);
    expect((await errors.list('')).keys).not.toEqual([]);
    // The cause is corrected: from now on the column takes what is sent.
    const corrected = async (records: readonly StreamRecord[]) =>
      put(
        records.map((record) => ({
          ...record,
          lines: record.lines.replace('"schema_version":"one"', '"schema_version":1'),
        })),
      );
    const deps = {
      store: quarantine,
      quarantine,
      ids,
      pseudonyms,
      erasures: { erased: async () => [] },
      quarantineDays: 14,
      errors,
    };
    const from = new Date(Date.now() - DAY_MS).toISOString().slice(0, 10);
    const answer = await replay({ ...deps, stream: { write: corrected } }, ctxAt(Date.now()), {
      source: 'firehose',
      from,
    });
    expect(answer).toMatchObject({ replayed: 3 - filed.length, nextToken: null });
    expect(await inView(events)).toEqual(idsOf(events));
    expect((await errors.list('')).keys).toEqual([]);
  });
});
