import { expect, it } from 'vitest';
import { dynamoErasures } from '../../lambdas/members/erasure/erasure-store.aws.ts';
import { dynamoMembers } from '../../lambdas/members/member-store.aws.ts';
import { dynamoGone } from '../../lambdas/segments/resolve/gone.aws.ts';
import { someMember } from '../members/member-store.contract.ts';
import { dynamoOfFile } from '../members/support/dynamo.ts';

const dynamo = await dynamoOfFile();

it('knows who asked to be erased, each once, without those who are members again', async () => {
  const gone = dynamoGone(dynamo, dynamo.client);
  expect(await gone()).toEqual([]);
  const erasures = dynamoErasures(dynamo.erasures, dynamo.client);
  for (const userId of ['sena', "o'hara", 'back'])
    await erasures.open({ id: `e-${userId}`, userId, requestedAt: '2026-11-22T00:00:00.000Z' });
  await dynamoMembers(dynamo.members, dynamo.client).put(someMember('back'), 0);
  expect(await gone()).toEqual(["o'hara", 'sena']);
});
