import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { s3ErrorFiles } from '../../../lambdas/events/quarantine/error-files.aws.ts';
import { objectOf } from '../../../lambdas/events/quarantine/place.ts';
import { s3QuarantineKeeper } from '../../../lambdas/events/quarantine/quarantine-keeper.aws.ts';
import { s3Quarantine } from '../../../lambdas/events/quarantine/quarantine-store.aws.ts';
import { type S3, startS3 } from '../../../local/aws/s3/index.ts';
import { client, temporaryFolder } from '../../local/aws/support/folder.ts';
import { LAKE_BUCKET } from '../../local/aws/support/lake.ts';
import { lakeFixture } from '../../local/aws/support/lake-fixture.ts';
import { quarantineContract, someEvent } from './stores.contract.ts';
import { memoryQuarantine } from './support/memory.ts';

const dir = temporaryFolder();
let s3: S3;
let sdk: S3Client;
let bucket = '';
let buckets = 0;
const NAMES = Array.from({ length: 10 }, (_, index) => `lake-${index}`);

beforeAll(async () => {
  s3 = await startS3({ dir, buckets: NAMES });
  sdk = new S3Client(client(s3.url));
});
beforeEach(() => {
  bucket = NAMES[buckets++] ?? '';
});
afterAll(async () => {
  sdk.destroy();
  await s3.close();
});

describe('quarantine in memory', () => quarantineContract(() => memoryQuarantine()));
describe('quarantine in S3', () =>
  quarantineContract(() => ({ ...s3QuarantineKeeper(bucket, sdk), ...s3Quarantine(bucket, sdk) })));

describe('error files in S3', () => {
  const write = (key: string, text: string) => {
    const path = join(dir, bucket, ...key.split('/'));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  };

  it('are listed in order, those of other streams left out', async () => {
    for (const key of [
      'errors/events/b/2026-11-20/x',
      'errors/events/a/2026-11-20/x',
      'errors/ledger/a/2026-11-20/x',
    ])
      write(key, 'x');
    const errors = s3ErrorFiles(bucket, sdk);
    const { keys, more } = await errors.list('');
    expect([keys, more]).toEqual([['errors/events/a/2026-11-20/x', 'errors/events/b/2026-11-20/x'], false]);
    expect((await errors.list(keys[0] ?? '')).keys).toEqual([keys[1]]);
    await errors.remove(keys[0] ?? '');
    expect(await errors.read(keys[0] ?? '', 0)).toBeUndefined();
  });

  it('are read in pieces of whole lines, however long', async () => {
    const lines = Array.from({ length: 12 }, (_, index) => `${index} ${'가'.repeat(300_000)}`);
    for (const [name, text] of [
      ['ended', `${lines.join('\n')}\n`],
      ['cut', lines.join('\n')],
    ] as const) {
      write(`errors/events/a/2026-11-20/${name}`, text);
      const errors = s3ErrorFiles(bucket, sdk);
      const found: string[] = [];
      let pieces = 0;
      for (let from: number | undefined = 0; from !== undefined; pieces++) {
        const piece = await errors.read(`errors/events/a/2026-11-20/${name}`, from);
        found.push(...(piece?.lines ?? []));
        from = piece?.next;
      }
      expect(pieces).toBeGreaterThan(1);
      expect(found).toEqual(lines);
    }
  });
});

describe('the table quarantined_events', () => {
  const lake = lakeFixture();
  it('has what was kept, and reads only the days asked for', async () => {
    const other = await startS3({ dir: lake.s3Dir, buckets: [LAKE_BUCKET] });
    const own = new S3Client(client(other.url));
    const keeper = s3QuarantineKeeper(LAKE_BUCKET, own);
    for (const day of [19, 20]) {
      const one = objectOf(Date.UTC(2026, 10, day), 'a'.repeat(24));
      await keeper.keep(one, [someEvent(one, 0), someEvent(one, 1, '{"half a li')]);
    }
    const rows = await lake.query(
      "SELECT came_by, received_at, reasons[1].message, event FROM quarantined_events WHERE day = DATE '2026-11-20' ORDER BY event",
    );
    expect(rows).toEqual([
      ['private', '2026-11-20 00:00:00.000', 'properties.price must be a number', '{"half a li'],
      ['private', '2026-11-20 00:00:00.000', 'properties.price must be a number', '{"title":"코트"}'],
    ]);
    const cut = objectOf(Date.UTC(2026, 10, 18), 'b'.repeat(24));
    await keeper.keep(cut, [{ ...someEvent(cut), name: 'half \ud83d' }, someEvent(cut, 1)]);
    expect(
      await lake.query("SELECT name FROM quarantined_events WHERE day = DATE '2026-11-18' ORDER BY name"),
    ).toEqual([['half \ufffd'], ['purchase']]);
    own.destroy();
    await other.close();
  });
});
