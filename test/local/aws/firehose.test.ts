import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { plainPaths } from '../../../local/aws/firehose/delivery-shape.ts';
import { type Firehose, startFirehose } from '../../../local/aws/firehose/index.ts';
import { StreamLog } from '../../../local/aws/kinesis/stream-log.ts';
import { streamShape } from '../../../local/aws/kinesis/stream-properties.ts';
import { temporaryFolder } from './support/folder.ts';
import { deliveryStream, eventLine, glueTables, LAKE_BUCKET } from './support/lake.ts';

const NEVER_MS = 3_600_000;
const deliveryStreams = [deliveryStream('events', 'events_raw', ['filed', 'day'])];

const openLog = (dir: string) =>
  new StreamLog({
    dir: join(dir, 'kinesis'),
    streams: [streamShape({ Name: 'events', ShardCount: 2 })],
    clock: { now: Date.now },
  });
const open = (dir: string, log: StreamLog, flushMs = NEVER_MS) =>
  startFirehose({
    deliveryStreams,
    kinesis: { log },
    glueTables,
    dir: join(dir, 'firehose'),
    s3Dir: join(dir, 's3'),
    flushMs,
  });

const append = (log: StreamLog, lines: readonly string[], partitionKey = 'k') =>
  log.append('events', [{ partitionKey, data: Buffer.from(lines.map((line) => `${line}\n`).join('')) }]);

async function sql(dir: string, text: string): Promise<unknown[][]> {
  const duck = await (await DuckDBInstance.create(':memory:')).connect();
  const files = join(dir, 's3', LAKE_BUCKET, 'events', '*', '*', '*.parquet');
  const from = `read_parquet('${files}', hive_partitioning = true, hive_types = {day: DATE})`;
  return (await duck.runAndReadAll(text.replace('LAKE', from))).getRowsJson();
}

function errors(dir: string, type: string): Record<string, unknown>[] {
  const root = join(dir, 's3', LAKE_BUCKET, 'errors', 'events', type);
  if (!existsSync(root)) return [];
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .flatMap((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8').trimEnd().split('\n'))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

const raw = (record: Record<string, unknown> | undefined) =>
  Buffer.from(String(record?.['rawData']), 'base64').toString();

describe('what is in the stream', () => {
  const dir = temporaryFolder();
  let log: StreamLog;
  let firehose: Firehose;
  beforeAll(async () => {
    log = openLog(dir);
    firehose = await open(dir, log);
  });
  afterAll(() => firehose.close());

  it('comes into the lake under its partitions, typed, once', async () => {
    const lines = [
      eventLine({ event_id: 'a', occurred_at: '2026-03-01 23:59:59.999', user_id: '회원', bot: true }),
      eventLine({ event_id: 'b', properties: '{"q":"\\"\\n😀"}', unknown: 1, page_title: 7 }),
      eventLine({ event_id: 'c', filed: 'received', day: '2026-03-09', page_title: 'half \ud83d' }),
    ];
    append(
      log,
      lines.map((line) => JSON.stringify(line)),
    );
    await firehose.flush();
    await firehose.flush();
    const found = await sql(
      dir,
      `SELECT event_id, filed, day::VARCHAR, occurred_at::VARCHAR, user_id, bot, schema_version, properties, page_title FROM LAKE ORDER BY 1`,
    );
    const at = '2026-03-02 10:00:00';
    expect(found).toEqual([
      ['a', 'occurred', '2026-03-01', '2026-03-01 23:59:59.999', '회원', true, 1, '{}', null],
      ['b', 'occurred', '2026-03-02', at, null, false, 1, '{"q":"\\"\\n😀"}', '7'],
      ['c', 'received', '2026-03-09', at, null, false, 1, '{}', 'half \uFFFD'],
    ]);
    const [name = ''] = readdirSync(
      join(dir, 's3', LAKE_BUCKET, 'events', 'filed=occurred', 'day=2026-03-01'),
    );
    expect(name).toMatch(/^events-1-\d{4}(-\d\d){5}-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.parquet$/);
  });

  it('goes to the error prefix when it cannot be read or does not fit, and its neighbours do not', async () => {
    const bad = ['not json', '[]', JSON.stringify({ ...eventLine({ event_id: 'x' }), day: null })];
    const unfit = [
      eventLine({ event_id: 'n', schema_version: 'one' }),
      eventLine({ event_id: 'n', occurred_at: '2026-02-30 00:00:00', day: '2026-03-01' }),
      eventLine({ event_id: 'n', bot: 'yes' }),
    ].map((line) => JSON.stringify(line));
    append(log, [...bad, JSON.stringify(eventLine({ event_id: 'good' })), ...unfit]);
    await firehose.flush();
    expect(errors(dir, 'processing-failed').map(raw)).toEqual(bad);
    const records = errors(dir, 'format-conversion-failed');
    expect(records.map(raw)).toEqual(unfit);
    expect(records[0]).toMatchObject({
      errorCode: 'DataFormatConversion.ParseError',
      dataCatalogTable: { tableName: 'events_raw' },
    });
    expect(
      await sql(
        dir,
        `SELECT count(*) FILTER (event_id = 'good'), count(*) FILTER (event_id = 'n') FROM LAKE`,
      ),
    ).toEqual([['1', '0']]);
  });

  it('goes to the error prefix whole when one record holds more than 500 lines', async () => {
    const lines = Array.from({ length: 501 }, (_, n) => JSON.stringify(eventLine({ event_id: `many${n}` })));
    append(log, lines);
    append(
      log,
      lines.slice(0, 500).map((line) => line.replace('many', 'just')),
    );
    await firehose.flush();
    expect(errors(dir, 'processing-failed').map(({ errorMessage }) => errorMessage)).toContain(
      'The record holds 501 documents; 500 can be taken out of one',
    );
    const counts = await sql(
      dir,
      `SELECT count(*) FILTER (event_id LIKE 'many%'), count(*) FILTER (event_id LIKE 'just%') FROM LAKE`,
    );
    expect(counts).toEqual([['0', '500']]);
  });

  it('is written by itself within the flush time', async () => {
    const other = temporaryFolder();
    const otherLog = openLog(other);
    const quick = await open(other, otherLog, 20);
    append(otherLog, [JSON.stringify(eventLine({ event_id: 'soon' }))]);
    await expect
      .poll(() => sql(other, 'SELECT event_id FROM LAKE').catch(() => []), { timeout: 60_000 })
      .toEqual([['soon']]);
    await quick.close();
  });
});

describe('ten thousand long events', () => {
  it('are all there after one flush', async () => {
    const dir = temporaryFolder();
    const log = openLog(dir);
    const firehose = await open(dir, log);
    const line = (n: number) =>
      JSON.stringify(
        eventLine({ event_id: `e${n}`, page_url: 'https://shop.example.com/'.padEnd(1500, 'x') }),
      );
    for (let record = 0; record < 20; record++)
      append(
        log,
        Array.from({ length: 500 }, (_, n) => line(record * 500 + n)),
        `k${record}`,
      );
    await firehose.flush();
    expect(await sql(dir, 'SELECT count(DISTINCT event_id) FROM LAKE')).toEqual([['10000']]);
    await firehose.close();
  });
});

describe('a kill at any moment', () => {
  it('loses no acknowledged line and doubles none', async () => {
    const dir = temporaryFolder();
    const acknowledged: string[] = [];
    for (const lines of [60, 300])
      acknowledged.push(...(await killAfter(dir, lines, acknowledged.length * 10)));
    const log = openLog(dir);
    const firehose = await open(dir, log);
    await firehose.flush();
    const found = (await sql(dir, 'SELECT event_id FROM LAKE')).map(([id]) => String(id));
    expect(acknowledged.length).toBeGreaterThan(100);
    expect(new Set(found).size).toBe(found.length);
    const missing = acknowledged.filter((id) => !new Set(found).has(id));
    expect(missing).toEqual([]);
    await firehose.close();
  });

  it('between the files and the checkpoint writes the same files again', async () => {
    const dir = temporaryFolder();
    const log = openLog(dir);
    const first = await open(dir, log);
    append(log, [JSON.stringify(eventLine({ event_id: 'a' })), 'broken']);
    await first.flush();
    await first.close();
    const files = () => readdirSync(join(dir, 's3'), { recursive: true }).sort();
    const before = files();
    // What a crash after the files leaves: the intent, and the checkpoint of before.
    rmSync(join(dir, 'firehose', 'events', 'checkpoint.json'));
    append(log, [JSON.stringify(eventLine({ event_id: 'b', occurred_at: '2026-04-01 00:00:00.000' }))]);
    const second = await open(dir, log);
    await second.flush();
    expect(await sql(dir, 'SELECT event_id FROM LAKE ORDER BY 1')).toEqual([['a'], ['b']]);
    expect(files().filter((file) => !String(file).includes('2026-04-01'))).toEqual(before);
    await second.close();
  });
});

/** Lets a child append until it has acknowledged `lines`, kills it, returns what it had acknowledged by then. */
async function killAfter(dir: string, lines: number, firstId: number): Promise<string[]> {
  const script = join(import.meta.dirname, 'support', 'firehose-child.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', script, dir, String(firstId)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  while (output.split('\n').length <= lines && child.exitCode === null) await sleep(5);
  child.kill('SIGKILL');
  await closed;
  return output.slice(0, output.lastIndexOf('\n')).split('\n');
}

describe('what it does not do', () => {
  const rejects = (change: (destination: Record<string, unknown>) => void) => {
    const stream = structuredClone(deliveryStream('events', 'events_raw', ['filed', 'day']));
    change(stream.ExtendedS3DestinationConfiguration);
    const dir = temporaryFolder();
    const log = openLog(dir);
    const options = { kinesis: { log }, glueTables, dir, s3Dir: dir };
    return expect(startFirehose({ ...options, deliveryStreams: [stream] })).rejects;
  };

  it('is refused at start, by name', async () => {
    await rejects((to) => Object.assign(to, { Prefix: 'a/!{partitionKeyFromQuery:other}/' })).toThrow(
      /partitionKeyFromQuery:other/,
    );
    await rejects((to) => Object.assign(to, { FileExtension: '.gz' })).toThrow(/FileExtension/);
    await rejects((to) =>
      Object.assign(to, { DataFormatConversionConfiguration: { Enabled: false } }),
    ).toThrow(/Parquet/);
    await rejects((to) => Object.assign(to, { ErrorOutputPrefix: 'errors/' })).toThrow(/error-output-type/);
  });

  it('is any jq but plain paths', () => {
    expect(plainPaths('{filed:.filed, day : .a.day}')).toEqual([
      ['filed', ['filed']],
      ['day', ['a', 'day']],
    ]);
    for (const query of ['.day', '{day: .at[0:10]}', '{day: (.at | todate)}', '{day: .day // "x"}'])
      expect(() => plainPaths(query)).toThrow(/not of the form/);
  });
});
