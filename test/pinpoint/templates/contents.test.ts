import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { s3RunObjects } from '../../../lambdas/pinpoint/runs/run-objects.aws.ts';
import { s3TemplateContents } from '../../../lambdas/pinpoint/templates/contents.aws.ts';
import { memoryObjects } from '../runs/support/memory.ts';
import { type Files, startFiles } from '../support/files.ts';
import { contentsContract } from './contents.contract.ts';
import { memoryContents } from './support/memory.ts';

let files: Files;
beforeAll(async () => {
  files = await startFiles();
});
afterAll(() => files.close());

contentsContract('in S3', () => s3TemplateContents(files.engineBucket, files.s3));
contentsContract('in memory', memoryContents);

describe.each([
  ['in S3', () => s3RunObjects(files.engineBucket, files.s3)],
  ['in memory', memoryObjects],
] as const)('objects of runs %s', (_where, start) => {
  it('are put once when asked to: the first one stays, whoever comes later gets it', async () => {
    const objects = start();
    const answers = await Promise.all([1, 2, 3].map((n) => objects.putOnce('runs/a/run.json', { n })));
    const there = await objects.get('runs/a/run.json');
    expect(answers).toEqual([there, there, there]);
    expect(await objects.putOnce('runs/a/run.json', { n: 4 })).toEqual(there);
    await objects.putJson('runs/a/run.json', Buffer.from('{"n":5}'));
    expect(await objects.get('runs/a/run.json')).toEqual({ n: 5 });
  });
});
