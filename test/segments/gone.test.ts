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
  const members = dynamoMembers(dynamo.members, dynamo.client);
  const at = '2026-11-22T00:00:00.000Z';
  for (const userId of ['sena', "o'hara", 'back', 'leaving']) {
    const erasure = await erasures.open({ id: `e-${userId}`, userId, requestedAt: at });
    if (userId !== 'leaving') await erasures.did(erasure, 'member', at);
  }
  // One row is a new one; the other is still to be removed.
  for (const userId of ['back', 'leaving']) await members.put(someMember(userId), 0);
  expect(await gone()).toEqual(['leaving', "o'hara", 'sena']);
});
