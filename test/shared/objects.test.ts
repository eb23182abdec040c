import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  jsonAt,
  keysUnder,
  objectAt,
  putJson,
  removeObjects,
  textAt,
} from '../../lambdas/shared/objects.aws.ts';
import { type S3, startS3 } from '../../local/aws/s3/index.ts';
import { client, temporaryFolder } from '../local/aws/support/folder.ts';

const Bucket = 'repoint-test-objects';
const dir = temporaryFolder();
let [s3, sdk]: [S3, S3Client] = [] as never;
beforeAll(async () => {
  s3 = await startS3({ dir, buckets: [Bucket] });
  sdk = new S3Client(client(s3.url));
});
afterAll(async () => {
  sdk.destroy();
  await s3.close();
});

/** Past the API: a thousand calls would take their time. */
function writeObject(key: string): void {
  mkdirSync(dirname(join(dir, Bucket, key)), { recursive: true });
  writeFileSync(join(dir, Bucket, key), '{}');
}
const put = (Key: string, Body = '{}') => sdk.send(new PutObjectCommand({ Bucket, Key, Body }));
async function listed(Prefix: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const key of keysUnder(sdk, { Bucket, Prefix })) keys.push(key);
  return keys;
}

describe('what lies at a key', () => {
  it('is its text, its JSON, or what S3 says of it', async () => {
    const place = { Bucket, Key: 'read/one' };
    await putJson(sdk, place, 'before');
    await putJson(sdk, place, { 이름: '회원\u2028' });
    expect(await textAt(sdk, place)).toBe('{"이름":"회원\u2028"}');
    expect(await jsonAt(sdk, place)).toEqual({ 이름: '회원\u2028' });
    expect(await objectAt(sdk, { ...place, Range: 'bytes=0-0' })).toMatchObject({ ContentLength: 1 });
  });

  it('is undefined when nothing does, and empty when that is what was written', async () => {
    for (const read of [objectAt, textAt, jsonAt])
      expect(await read(sdk, { Bucket, Key: 'read/none' })).toBeUndefined();
    await put('read/empty', '');
    expect(await textAt(sdk, { Bucket, Key: 'read/empty' })).toBe('');
  });

  it('is an error when it could not be read, or is not what it should be', async () => {
    for (const read of [objectAt, textAt, jsonAt])
      await expect(read(sdk, { Bucket: 'no-such-bucket', Key: 'a' })).rejects.toThrow();
    await put('read/half', '{"a":');
    await expect(jsonAt(sdk, { Bucket, Key: 'read/half' })).rejects.toThrow(SyntaxError);
  });
});

describe('keys under a prefix', () => {
  it('are all listed, in order, beyond a page; and removed, beyond a call', async () => {
    const keys = Array.from({ length: 1_001 }, (_, index) => `many/${String(index).padStart(5, '0')}`);
    for (const key of [...keys, 'manyfold/1']) writeObject(key);
    expect(await listed('many/')).toEqual(keys);
    await removeObjects(sdk, Bucket, keysUnder(sdk, { Bucket, Prefix: 'many/' }));
    expect(await listed('many')).toEqual(['manyfold/1']);
  });

  it('are removed whether something lies there or not', async () => {
    await put('few/1');
    await removeObjects(sdk, Bucket, ['few/0', 'few/1', 'few/2']);
    await removeObjects(sdk, Bucket, []);
    expect(await listed('few/')).toEqual([]);
  });

  it('are named when S3 leaves them, though the others are gone', async () => {
    await put('left/1');
    const tooLong = ['a', 'b'].map((name) => name.repeat(1_025));
    const removing = removeObjects(sdk, Bucket, ['left/1', ...tooLong]);
    await expect(removing).rejects.toThrow(new RegExp(`2 of 3 objects: ${tooLong[0]} .*, ${tooLong[1]} `));
    expect(await listed('left/')).toEqual([]);
  });
});
