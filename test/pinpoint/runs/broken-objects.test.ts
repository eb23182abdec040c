import { PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { s3RunObjects } from '../../../lambdas/pinpoint/runs/run-objects.aws.ts';
import { type Files, startFiles } from '../support/files.ts';

let files: Files;
beforeAll(async () => {
  files = await startFiles();
});
afterAll(() => files.close());

it('an object of a run that is no JSON is as good as gone, and one that cannot be reached is not', async () => {
  const objects = s3RunObjects(files.engineBucket, files.s3);
  await objects.putJson('whole', Buffer.from('{"a":["회원"]}'));
  expect(await objects.get('whole')).toEqual({ a: ['회원'] });
  expect(await objects.get('none')).toBeUndefined();
  for (const Body of ['', '{"a":', '<html>']) {
    await files.s3.send(new PutObjectCommand({ Bucket: files.engineBucket, Key: 'broken', Body }));
    expect(await objects.get('broken')).toBeUndefined();
  }
  await expect(s3RunObjects('no such bucket', files.s3).get('whole')).rejects.toThrow();
});
