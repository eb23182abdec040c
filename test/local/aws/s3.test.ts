import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type PutObjectCommandInput,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type S3, startS3 } from '../../../local/aws/s3/index.ts';
import { client, temporaryFolder } from './support/folder.ts';

const dir = temporaryFolder();
const Bucket = 'repoint-local-work';
let s3: S3;
let sdk: S3Client;

beforeAll(async () => {
  s3 = await startS3({ dir, buckets: [Bucket, 'repoint-local-lists'] });
  sdk = new S3Client(client(s3.url));
});
afterAll(async () => {
  sdk.destroy();
  await s3.close();
});

const put = (Key: string, Body: PutObjectCommandInput['Body'], more: Partial<PutObjectCommandInput> = {}) =>
  sdk.send(new PutObjectCommand({ Bucket, Key, Body, ...more } as PutObjectCommandInput));
const bytes = async (Key: string, more = {}) => {
  const { Body } = await sdk.send(new GetObjectCommand({ Bucket, Key, ...more }));
  return Buffer.from((await Body?.transformToByteArray()) ?? []);
};
const text = async (Key: string, more = {}) => (await bytes(Key, more)).toString();

describe('objects', () => {
  it('are plain files with their metadata aside, whatever the alphabet of the key', async () => {
    await put('목록/회원 +&=%.txt', '안녕', { ContentType: 'text/plain', Metadata: { made: 'here' } });
    expect(readFileSync(join(dir, Bucket, '목록', '회원 +&=%.txt'), 'utf8')).toBe('안녕');
    const head = await sdk.send(new HeadObjectCommand({ Bucket, Key: '목록/회원 +&=%.txt' }));
    expect(head).toMatchObject({ ContentType: 'text/plain', ContentLength: 6, Metadata: { made: 'here' } });
    expect(await text('목록/회원 +&=%.txt')).toBe('안녕');
  });

  it('arrive whole when they are streamed in chunks with a trailing checksum, and keep their encoding', async () => {
    const body = Buffer.alloc(3_000_000, 'streamed ');
    const source = Readable.from([body.subarray(0, 1_234_567), body.subarray(1_234_567)]);
    await put('stream.gz', source, { ContentLength: body.length, ContentEncoding: 'gzip' });
    expect((await bytes('stream.gz')).equals(body)).toBe(true);
    const head = await sdk.send(new HeadObjectCommand({ Bucket, Key: 'stream.gz' }));
    expect(head.ContentEncoding).toBe('gzip');
  });

  it.each(['CRC32', 'CRC32C', 'SHA1', 'SHA256'] as const)(
    'are checked by %s on the way in and out',
    async (name) => {
      await put('sum', 'summed', { ChecksumAlgorithm: name });
      const got = await sdk.send(new GetObjectCommand({ Bucket, Key: 'sum', ChecksumMode: 'ENABLED' }));
      expect(got[`Checksum${name}`]).toBeTruthy();
      expect(await got.Body?.transformToString()).toBe('summed');
    },
  );

  it('are refused when they are not what their checksum says, and nothing stays', async () => {
    const ContentMD5 = createHash('md5').update('other').digest('base64');
    await expect(put('bad', 'one', { ContentMD5 })).rejects.toMatchObject({ name: 'BadDigest' });
    await expect(put('bad', 'one', { ChecksumSHA256: 'AAAA' })).rejects.toMatchObject({ name: 'BadDigest' });
    await expect(text('bad')).rejects.toMatchObject({ name: 'NoSuchKey' });
    expect(readdirSync(join(dir, '.tmp')).filter((name) => name !== 'uploads')).toEqual([]);
  });

  it('answer ranges', async () => {
    await put('range', '0123456789');
    expect(await text('range', { Range: 'bytes=2-4' })).toBe('234');
    expect(await text('range', { Range: 'bytes=7-' })).toBe('789');
    expect(await text('range', { Range: 'bytes=-3' })).toBe('789');
    await expect(text('range', { Range: 'bytes=10-' })).rejects.toMatchObject({ name: 'InvalidRange' });
  });

  it('are written once under If-None-Match, also by ten at the same time', async () => {
    const tries = Array.from({ length: 10 }, (_, n) => put('once', `${n}`, { IfNoneMatch: '*' }));
    const results = await Promise.allSettled(tries);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const failed = results.find((result) => result.status === 'rejected');
    expect(failed?.reason).toMatchObject({ name: 'PreconditionFailed', $metadata: { httpStatusCode: 412 } });
    const winner = results.findIndex(({ status }) => status === 'fulfilled');
    expect(await text('once')).toBe(`${winner}`);
  });

  it('are replaced under If-Match only by who knows the present one', async () => {
    const { ETag = '' } = await put('match', 'a');
    await put('match', 'b', { IfMatch: ETag });
    await expect(put('match', 'c', { IfMatch: ETag })).rejects.toMatchObject({ name: 'PreconditionFailed' });
    await expect(put('unmatched', 'c', { IfMatch: ETag })).rejects.toMatchObject({ name: 'NoSuchKey' });
    expect(await text('match')).toBe('b');
  });

  it('can be copied with their metadata, and deleted one by one or together', async () => {
    await put('from/원본', 'x', { Metadata: { a: 'b' } });
    const CopySource = encodeURIComponent(`${Bucket}/from/원본`);
    await sdk.send(new CopyObjectCommand({ Bucket, Key: 'to', CopySource }));
    const head = await sdk.send(new HeadObjectCommand({ Bucket, Key: 'to' }));
    expect(head.Metadata).toEqual({ a: 'b' });
    await sdk.send(new DeleteObjectCommand({ Bucket, Key: 'to' }));
    await sdk.send(new DeleteObjectCommand({ Bucket, Key: 'to' }));
    const Objects = [{ Key: 'from/원본' }, { Key: 'never <&> there' }];
    const { Deleted, Errors } = await sdk.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
    expect([Deleted?.map(({ Key }) => Key), Errors]).toEqual([Objects.map(({ Key }) => Key), undefined]);
    await expect(sdk.send(new HeadObjectCommand({ Bucket, Key: 'to' }))).rejects.toMatchObject({
      name: 'NotFound',
    });
    expect(readdirSync(join(dir, Bucket))).not.toContain('from');
  });

  it('are seen when something else wrote the file', async () => {
    mkdirSync(join(dir, Bucket, 'lake', 'day=2026-01-01'), { recursive: true });
    writeFileSync(join(dir, Bucket, 'lake', 'day=2026-01-01', 'a.parquet'), 'PAR1');
    expect(await text('lake/day=2026-01-01/a.parquet')).toBe('PAR1');
  });

  it('are put together from parts', async () => {
    const key = { Bucket, Key: 'parts' };
    const { UploadId } = await sdk.send(
      new CreateMultipartUploadCommand({ ...key, ContentType: 'text/csv' }),
    );
    const bodies = [Buffer.alloc(5 * 1024 * 1024, 'a'), Buffer.from('the end')];
    const Parts = await Promise.all(
      bodies.map(async (Body, index) => {
        const PartNumber = index + 1;
        const { ETag, ChecksumCRC32 } = await sdk.send(
          new UploadPartCommand({ ...key, UploadId, PartNumber, Body }),
        );
        return { PartNumber, ETag, ChecksumCRC32 };
      }),
    );
    await sdk.send(new CompleteMultipartUploadCommand({ ...key, UploadId, MultipartUpload: { Parts } }));
    expect((await bytes('parts')).equals(Buffer.concat(bodies))).toBe(true);
    const head = await sdk.send(new HeadObjectCommand(key));
    expect([head.ContentType, head.ETag?.endsWith('-2"')]).toEqual(['text/csv', true]);
  });
});

describe('listing', () => {
  const byBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

  it('pages through every key once, in the order of their bytes, grouped as S3 groups', async () => {
    const part = fc.stringMatching(/^[ab!~가𐀀\uffee-]{1,2}$/u);
    const keys = fc.array(fc.array(part, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 25 });
    await fc.assert(
      fc.asyncProperty(
        keys,
        fc.constantFrom('', '/'),
        fc.integer({ min: 1, max: 4 }),
        async (parts, Delimiter, MaxKeys) => {
          const root = `list/${Math.random()}/`;
          // A name is a folder or an object: the tree of files cannot hold both.
          const all = [
            ...new Set(
              parts.map(
                (names) =>
                  `${root}${names
                    .slice(0, -1)
                    .map((n) => `${n}d/`)
                    .join('')}${names.at(-1)}f`,
              ),
            ),
          ];
          for (const key of all) {
            mkdirSync(join(dir, 'repoint-local-lists', key, '..'), { recursive: true });
            writeFileSync(join(dir, 'repoint-local-lists', key), '');
          }
          const seen: string[] = [];
          let ContinuationToken: string | undefined;
          do {
            const page = {
              Bucket: 'repoint-local-lists',
              Prefix: root,
              Delimiter,
              MaxKeys,
              ContinuationToken,
            };
            const answer = await sdk.send(new ListObjectsV2Command(page));
            const found = [
              ...(answer.Contents ?? []).map(({ Key = '' }) => Key),
              ...(answer.CommonPrefixes ?? []).map(({ Prefix = '' }) => Prefix),
            ];
            expect(found.length).toBeLessThanOrEqual(MaxKeys);
            seen.push(...found.sort(byBytes));
            ContinuationToken = answer.NextContinuationToken;
          } while (ContinuationToken);
          const group = (key: string) =>
            Delimiter && key.indexOf('/', root.length) > 0
              ? key.slice(0, key.indexOf('/', root.length) + 1)
              : key;
          expect(seen).toEqual([...new Set(all.map(group))].sort(byBytes));
        },
      ),
      { numRuns: 15 },
    );
  });

  it('starts after a key and within a prefix that is no folder', async () => {
    for (const key of ['s/a1', 's/a2', 's/b1']) await put(key, '');
    const list = async (more: object) =>
      (await sdk.send(new ListObjectsV2Command({ Bucket, ...more }))).Contents?.map(({ Key }) => Key);
    expect(await list({ Prefix: 's/a' })).toEqual(['s/a1', 's/a2']);
    expect(await list({ Prefix: 's/', StartAfter: 's/a1' })).toEqual(['s/a2', 's/b1']);
    expect(await list({ Prefix: 'none/' })).toBeUndefined();
  });
});

describe('what it refuses', () => {
  it('keys that leave the bucket or that no file can have', async () => {
    for (const key of ['../outside', 'a/../../b', 'a/./b'])
      await expect(put(key, 'x')).rejects.toMatchObject({ name: 'InvalidRequest' });
    await expect(put('a//b', 'x')).rejects.toMatchObject({ name: 'NotImplemented' });
    await put('file', 'x');
    await expect(put('file/below', 'x')).rejects.toMatchObject({ name: 'NotImplemented' });
  });

  it('operations and parameters it does not have, by name', async () => {
    await expect(sdk.send(new GetBucketVersioningCommand({ Bucket }))).rejects.toThrow(/\?versioning/);
    await expect(put('cold', 'x', { StorageClass: 'GLACIER' })).rejects.toThrow(/x-amz-storage-class/);
    await expect(put('acl', 'x', { ACL: 'public-read' })).rejects.toThrow(/x-amz-acl/);
    const other = new PutObjectCommand({ Bucket: 'other', Key: 'k', Body: '' });
    await expect(sdk.send(other)).rejects.toMatchObject({ name: 'NoSuchBucket' });
  });

  it('unsigned requests, and pre-signed ones past their time', async () => {
    await put('signed', 'secret');
    expect((await fetch(`${s3.url}/${Bucket}/signed`)).status).toBe(403);
    const url = (date: string) =>
      `${s3.url}/${Bucket}/signed?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=${date}&X-Amz-Expires=60&X-Amz-Signature=0&X-Amz-SignedHeaders=host`;
    const now = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
    expect(await (await fetch(url(now))).text()).toBe('secret');
    expect((await fetch(url('20200101T000000Z'))).status).toBe(403);
  });
});
