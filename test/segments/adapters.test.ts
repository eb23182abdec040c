import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { AthenaClient } from '@aws-sdk/client-athena';
import { S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { s3ListFiles } from '../../lambdas/segments/list-files.aws.ts';
import { s3Lists } from '../../lambdas/segments/list-store.aws.ts';
import type { Queries, QueryState } from '../../lambdas/segments/ports.ts';
import { s3PreviewReports } from '../../lambdas/segments/preview/reports.aws.ts';
import { s3Bits } from '../../lambdas/segments/resolve/bits-store.aws.ts';
import { unloadOf } from '../../lambdas/segments/resolve/unload.ts';
import { writeGone } from '../../lambdas/segments/resolve/write-gone.ts';
import { athenaQueries } from '../../lambdas/shared/queries.aws.ts';
import { type Athena, startAthena } from '../../local/aws/athena/index.ts';
import { type S3, startS3 } from '../../local/aws/s3/index.ts';
import { client, temporaryFolder } from '../local/aws/support/folder.ts';
import { glueTables } from '../local/aws/support/lake.ts';
import { listStoreContract } from './list-store.contract.ts';
import { memoryLists } from './support/worlds.ts';

const WORK = 'repoint-test-work';
const [DATABASE, WORKGROUP] = ['repoint_test', 'repoint-test'];
const dir = temporaryFolder();

/** Three people: one with a cart, one who bought it, one with a cart too long ago. */
const EVENTS = `SELECT * FROM (VALUES
  ('u1', 'add_to_cart', TIMESTAMP '2026-11-20 10:00:00.000', DATE '2026-11-20'),
  ('김 "철수"', 'add_to_cart', TIMESTAMP '2026-11-19 10:00:00.000', DATE '2026-11-19'),
  ('u3', 'add_to_cart', TIMESTAMP '2026-11-20 10:00:00.000', DATE '2026-11-20'),
  ('u3', 'purchase', TIMESTAMP '2026-11-20 11:00:00.000', DATE '2026-11-20'),
  ('u4', 'add_to_cart', TIMESTAMP '2026-11-01 10:00:00.000', DATE '2026-11-01')
) AS t (user_id, name, occurred_at, day)`;
const COLUMNS = [
  ['user_id', 'varchar'],
  ['name', 'varchar'],
  ['occurred_at', 'timestamp(3)'],
  ['day', 'date'],
].map(([name, type]) => ({ name, type }));
const view = {
  DatabaseName: DATABASE,
  TableInput: {
    Name: 'events',
    TableType: 'VIRTUAL_VIEW',
    ViewOriginalText: `/* Presto View: ${Buffer.from(JSON.stringify({ originalSql: EVENTS, columns: COLUMNS })).toString('base64')} */`,
  },
};

/** The table of bits, as it is deployed, in this work bucket. */
const bits = glueTables
  .filter(({ TableInput }) => TableInput.Name === 'segment_bits')
  .map((table) => ({
    ...table,
    DatabaseName: DATABASE,
    TableInput: {
      ...table.TableInput,
      StorageDescriptor: {
        ...table.TableInput.StorageDescriptor,
        Location: `s3://${WORK}/segment_bits/`,
      },
    },
  }));

let s3: S3;
let athena: Athena;
/** So many queries fail as S3 is too busy. */
let troubles = 0;
let queries: Queries;
let s3Client: S3Client;
beforeAll(async () => {
  s3 = await startS3({ dir: join(dir, 's3'), buckets: [WORK] });
  athena = await startAthena({
    workgroups: [
      {
        Name: WORKGROUP,
        WorkGroupConfiguration: { ResultConfiguration: { OutputLocation: `s3://${WORK}/athena/` } },
      },
    ],
    glueDatabases: [{ DatabaseInput: { Name: DATABASE } }],
    glueTables: [view, ...bits],
    s3Dir: join(dir, 's3'),
    dir: join(dir, 'athena'),
    fails: () => troubles-- > 0,
  });
  s3Client = new S3Client({ ...client(s3.url), forcePathStyle: true });
  queries = athenaQueries({ workgroup: WORKGROUP, database: DATABASE }, new AthenaClient(client(athena.url)));
});
afterAll(async () => {
  s3Client.destroy();
  await athena.close();
  await s3.close();
});

async function ended(id: string): Promise<QueryState> {
  for (;;) {
    const state = await queries.state(id);
    if (state.state !== 'running') return state;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const userLine = (userId: string) => JSON.stringify({ User: { UserId: userId } });

/** The lines of a list as whoever reads its files meets them. */
async function linesAt(url: string): Promise<string[]> {
  const reader = s3ListFiles(s3Client);
  const pieces: Uint8Array[] = [];
  for (const file of await reader.files(url)) for await (const piece of reader.read(file)) pieces.push(piece);
  return Buffer.concat(pieces).toString('utf8').trim().split('\n');
}

const CART = `SELECT user_id FROM events WHERE day >= DATE '2026-11-14'
GROUP BY user_id HAVING bool_or(name = 'add_to_cart') AND NOT bool_or(name = 'purchase')`;
const sqlTo = (target: string) => unloadOf(CART, target);

describe('lists in S3', () => {
  listStoreContract(() => s3Lists(WORK, s3Client));

  it('are read as they were written, file by file, and no other’s', async () => {
    const lists = s3Lists(WORK, s3Client);
    await lists.writePart('segments/read/1/', 'part-0.json', `${userLine('가')}\n`);
    await lists.writePart('segments/read/1/', 'part-1.json', `${userLine('나')}\n`);
    await lists.writePart('segments/read/10/', 'part-0.json', `${userLine('다')}\n`);
    expect(await linesAt(lists.url('segments/read/1/'))).toEqual([userLine('가'), userLine('나')]);
    expect(await s3ListFiles(s3Client).files(lists.url('segments/nobody/1/'))).toEqual([]);
  });
});
describe('lists in memory', () => listStoreContract(memoryLists));

describe('a behaviour rule on Athena', () => {
  it('writes the members as gzip files of import lines, which are counted', async () => {
    const prefix = 'segments/cart/20261121T1200-v1/1/';
    const lists = s3Lists(WORK, s3Client);
    expect(await ended(await queries.start(sqlTo(lists.url(prefix)), 'a'))).toMatchObject({
      state: 'succeeded',
      scannedBytes: expect.any(Number),
    });
    expect(await lists.countLines(prefix)).toBe(2);
    expect((await linesAt(lists.url(prefix))).sort()).toEqual([userLine('u1'), userLine('김 "철수"')].sort());
    const folder = join(dir, 's3', WORK, prefix);
    const text = readdirSync(folder)
      .map((file) => gunzipSync(readFileSync(join(folder, file))).toString('utf8'))
      .join('');
    const users = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(users).toEqual(
      expect.arrayContaining([{ User: { UserId: 'u1' } }, { User: { UserId: '김 "철수"' } }]),
    );
  });

  it('is one query for one token', async () => {
    const sql = sqlTo(`s3://${WORK}/segments/cart/20261121T1201-v1/1/`);
    expect(await queries.start(sql, 'b')).toBe(await queries.start(sql, 'b'));
  });

  it('that Athena could not read for reasons of its own is no fault of the statement', async () => {
    troubles = 1;
    const state = await ended(await queries.start(sqlTo(`s3://${WORK}/segments/x/2/1/`), 'e'));
    expect(state).toMatchObject({ state: 'failed', retryable: true });
    expect(state).not.toHaveProperty('fault');
  });

  it('that cannot be run ends as failed, by its own fault, with Athena’s reason', async () => {
    const wrong = sqlTo(`s3://${WORK}/segments/x/1/1/`).replace('FROM events', 'FROM nowhere');
    const state = await ended(await queries.start(wrong, 'c'));
    expect(state).toMatchObject({
      state: 'failed',
      retryable: false,
      fault: 'statement',
      reason: expect.stringMatching(/nowhere/),
    });
  });
});

describe('what a scan found of members', () => {
  it('is joined by its try’s own statement, and by no other’s', async () => {
    const store = s3Bits(WORK, s3Client);
    const lines = (...rows: [string, string][]) =>
      rows.map(([user_id, text]) => `${JSON.stringify({ user_id, bits: text })}\n`).join('');
    await store.writePart('one', 'part-0', lines(['u1', '10'], ['김 "철수"', '01']));
    await store.writePart('one', 'part-1', lines(['u4', '11']));
    await store.writePart('two', 'part-0', lines(['u3', '11']));
    const select = `SELECT user_id FROM segment_bits WHERE resolution = 'one' AND substr(bits, 2, 1) = '1'`;
    const target = `s3://${WORK}/segments/bits/1/1/`;
    expect(await ended(await queries.start(unloadOf(select, target), 'd'))).toMatchObject({
      state: 'succeeded',
    });
    expect((await linesAt(target)).sort()).toEqual([userLine('u4'), userLine('김 "철수"')].sort());
  });
});

describe('whoever asked to be erased', () => {
  it('is on no list, however many they are', async () => {
    const crowd = Array.from({ length: 20_000 }, (_, n) => `somebody-${n}`);
    const gone = async () => [...crowd, 'u1'];
    const target = `s3://${WORK}/segments/gone/1/1/`;
    const without = await writeGone({ gone, bits: s3Bits(WORK, s3Client) }, 'three-gone');
    expect(await ended(await queries.start(unloadOf(CART, target, without), 'f'))).toMatchObject({
      state: 'succeeded',
    });
    expect(await linesAt(target)).toEqual([userLine('김 "철수"')]);
  });

  it('needs no partition as long as there is nobody', async () => {
    const bits = { writePart: () => Promise.reject(new Error('nothing was to be written')) };
    expect(await writeGone({ gone: async () => [], bits }, 'p')).toBeUndefined();
  });
});

describe('what a preview found', () => {
  it('is read as it was written, and undefined when there is none', async () => {
    const reports = s3PreviewReports(WORK, s3Client);
    const on = { informational: 2, advertising: 1 };
    const report = {
      count: 2,
      judged: 2,
      reach: { push: on, email: on, sms: on, kakao: on },
      sample: ['가', 'u1'],
    };
    await reports.put('20261121T1200-a', report);
    expect(await reports.get('20261121T1200-a')).toEqual(report);
    expect(await reports.get('20261121T1200-b')).toBeUndefined();
  });
});
