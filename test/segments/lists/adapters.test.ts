import { join } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EventRow } from '../../../lambdas/events/index.ts';
import { dynamoErasures } from '../../../lambdas/members/erasure/erasure-store.aws.ts';
import { dynamoMembers } from '../../../lambdas/members/member-store.aws.ts';
import { foldEvents } from '../../../lambdas/members/state/fold-events.ts';
import { dynamoStates } from '../../../lambdas/members/state/state-store.aws.ts';
import { s3ListUploads } from '../../../lambdas/segments/lists/files.aws.ts';
import { dynamoPeople } from '../../../lambdas/segments/lists/people.aws.ts';
import type { ListFiles, People } from '../../../lambdas/segments/lists/ports.ts';
import { type S3, startS3 } from '../../../local/aws/s3/index.ts';
import { client, temporaryFolder } from '../../local/aws/support/folder.ts';
import { eventLine } from '../../local/aws/support/lake.ts';
import { someMember } from '../../members/member-store.contract.ts';
import { type Dynamo, startDynamo } from '../../members/support/dynamo.ts';
import { memoryFiles } from './support/memory.ts';

const WORK = 'repoint-test-work';
const dir = temporaryFolder();
let [s3, s3Client, dynamo]: [S3, S3Client, Dynamo] = [] as never;
beforeAll(async () => {
  s3 = await startS3({ dir: join(dir, 's3'), buckets: [WORK] });
  s3Client = new S3Client({ ...client(s3.url), forcePathStyle: true });
  dynamo = await startDynamo();
});
afterAll(async () => {
  s3Client.destroy();
  await Promise.all([s3.close(), dynamo.close()]);
});

function filesContract(make: () => ListFiles): void {
  it('gives back what was written, however it is spelt, until it is removed', async () => {
    const files = make();
    const rows = [
      [2, '회원, "하나"\u2028'],
      [3, ''],
    ] as const;
    await files.writePart('l1', 'p1', rows);
    await files.writePart('l2', 'p1', []);
    await files.writeUnmatched('l1', 0, [[1, 2, 'x', 'is no userId']]);
    expect(await files.readPart('l1', 'p1')).toEqual(rows);
    expect(await files.readUnmatched('l1', 0)).toEqual([[1, 2, 'x', 'is no userId']]);
    await files.remove('l1', 'parts');
    await expect(files.readPart('l1', 'p1')).rejects.toMatchObject({ code: 'not_found' });
    expect(await files.readUnmatched('l1', 0)).toHaveLength(1);
    await files.remove('l1', 'all');
    await files.remove('never', 'all');
    expect(await files.readUnmatched('l1', 0)).toBeUndefined();
    expect(await files.readPart('l2', 'p1')).toEqual([]);
  });
}
describe('uploads in S3', () => filesContract(() => s3ListUploads(WORK, s3Client)));
describe('uploads in memory', () => filesContract(memoryFiles));

describe('people', () => {
  let people: People;
  beforeAll(async () => {
    people = dynamoPeople(
      { members: dynamo.members, memberState: dynamo.states, erasures: dynamo.erasures },
      dynamo.client,
    );
    const members = dynamoMembers(dynamo.members, dynamo.client);
    for (let index = 0; index < 25; index++)
      await members.put(
        {
          ...someMember(`m${index}`),
          texts: index % 5 === 0 ? {} : { email: `m${index}@example.kr`, phone: '+821011112222' },
        },
        0,
      );
    // An attribute of one's own named like a field of the profile is no address.
    await members.put({ ...someMember('odd'), texts: {}, attributes: { email: 'odd@example.kr' } }, 0);
    const seen = eventLine({ event_id: 'e1', user_id: 'guest', occurred_at: '2026-03-02 10:00:00.000' });
    const state = foldEvents(undefined, [seen as unknown as EventRow]);
    if (state)
      await dynamoStates(dynamo.states, dynamo.client).write({ members: new Map([['guest', state]]) });
    const asked = { id: 'e', userId: 'gone', requestedAt: '2026-03-20T10:00:00.000Z' };
    await dynamoErasures(dynamo.erasures, dynamo.client).open(asked);
  });

  it('are all met once in a scan, with the address that is asked for', async () => {
    const met: string[] = [];
    for (let part = 0; part < 4; part++)
      for await (const page of people.addresses('email', part, 4))
        met.push(...page.map(({ userId, address }) => `${userId} ${address}`));
    const having = Array.from({ length: 25 }, (_, index) => index).filter((index) => index % 5 !== 0);
    expect(met.sort()).toEqual(having.map((index) => `m${index} m${index}@example.kr`).sort());
  });

  it('are known by a row or by events', async () => {
    expect([...(await people.known(['m1', 'guest', 'nobody', 'odd']))].sort()).toEqual([
      'guest',
      'm1',
      'odd',
    ]);
    expect([...(await people.members(['m1', 'guest', 'nobody']))]).toEqual(['m1']);
    expect([...(await people.known([]))]).toEqual([]);
    expect(await people.erased()).toEqual(['gone']);
  });
});
