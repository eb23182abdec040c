import { gzipSync } from 'node:zlib';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SegmentLine, SegmentRow } from '../../../lambdas/pinpoint/ports.ts';
import { s3ListFiles, s3SegmentLists } from '../../../lambdas/pinpoint/segments/list-files.aws.ts';
import { listPartKey, versionKey } from '../../../lambdas/pinpoint/segments/segment.ts';
import { UnreadableList } from '../../../lambdas/pinpoint/segments/unreadable-list.ts';
import { memoryRegistry } from '../runs/support/memory.ts';
import { type Files, startFiles } from '../support/files.ts';

let files: Files;
beforeAll(async () => {
  files = await startFiles();
});
afterAll(() => files.close());

const text = (users: readonly string[]) => users.map((u) => `${JSON.stringify({ u })}\n`).join('');

/** A segment of the given parts: texts are zipped, bytes are as they are, undefined is not there. */
async function segmentOf(id: string, parts: readonly (string | Uint8Array | undefined)[]) {
  const registry = memoryRegistry();
  const row = { applicationId: 'app', id, version: 1, importJobId: 'job', parts: parts.length } as SegmentRow;
  await registry.create(versionKey('app', id, 1), row);
  for (const [index, part] of parts.entries()) {
    const Key = listPartKey(row, index + 1);
    if (typeof part === 'string') await s3ListFiles(files.engineBucket, files.s3).put(Key, part);
    else if (part) await files.s3.send(new PutObjectCommand({ Bucket: files.engineBucket, Key, Body: part }));
  }
  const lists = s3SegmentLists(registry, files.engineBucket, files.s3);
  return async (version = 1): Promise<SegmentLine[]> => {
    const lines: SegmentLine[] = [];
    for await (const chunk of lists.read('app', id, version)) lines.push(...chunk);
    return lines;
  };
}
const whole = text(['a', 'b', '회원']);

describe('a list', () => {
  it('is read part by part, in its order', async () => {
    const read = await segmentOf('whole', [whole, text(['c'])]);
    expect(await read()).toEqual(['a', 'b', '회원', 'c'].map((u) => ({ u })));
  });

  it.each<[string, string | Uint8Array | undefined, RegExp]>([
    ['is gone', undefined, /^Part 2 of 3 of the list of segment .*, version 1, is gone$/],
    ['is not zipped', Buffer.from(whole), /^Part 2 of 3 .* is broken: /],
    ['ends too early', gzipSync(whole).subarray(0, 30), /^Part 2 of 3 .* is broken: /],
    ['has lines that are none', '{"u":"x"}\n{"u":\n', /^Part 2 of 3 .* is broken: /],
  ])('of which a part %s says that no later attempt will do', async (how, part, says) => {
    const read = await segmentOf(`broken ${how}`, [whole, part, whole]);
    const failure = await read().catch((cause: unknown) => cause);
    expect(failure).toBeInstanceOf(UnreadableList);
    expect((failure as Error).message).toMatch(says);
  });

  it('whose version is gone says so as well', async () => {
    const read = await segmentOf('other', [whole]);
    await expect(read(2)).rejects.toBeInstanceOf(UnreadableList);
  });

  it('is tried again where S3 does not answer', async () => {
    const registry = memoryRegistry();
    const row = { applicationId: 'app', id: 's', version: 1, importJobId: 'job', parts: 1 } as SegmentRow;
    await registry.create(versionKey('app', 's', 1), row);
    const read = async () => {
      for await (const _ of s3SegmentLists(registry, 'no such bucket', files.s3).read('app', 's', 1));
    };
    const failure = await read().catch((cause: unknown) => cause);
    expect(failure).toBeInstanceOf(Error);
    expect(failure).not.toBeInstanceOf(UnreadableList);
  });
});
