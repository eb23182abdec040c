import { ScanCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { claimCoupons } from '../../lambdas/campaigns/coupons/claim-coupons.ts';
import { dynamoCoupons } from '../../lambdas/campaigns/coupons/coupon-store.aws.ts';
import { dynamoPools } from '../../lambdas/campaigns/coupons/pool-store.aws.ts';
import { dynamoContacts, dynamoCouponEraser, forgetMember } from '../../lambdas/campaigns/index.ts';
import { tableName } from '../support/tables.ts';
import { type Dynamo, startTables } from './policy/support/tables.ts';

let dynamo: Dynamo;
beforeAll(async () => {
  dynamo = await startTables('contacts', 'coupons');
});
afterAll(() => dynamo.close());

const [contactsTable, couponsTable] = [tableName('contacts'), tableName('coupons')];
const stores = () => ({
  contacts: dynamoContacts(contactsTable, dynamo.client),
  coupons: dynamoCoupons(couponsTable, dynamo.client),
  pools: dynamoPools(couponsTable, dynamo.client),
  deps: {
    contacts: dynamoContacts(contactsTable, dynamo.client),
    coupons: dynamoCouponEraser(couponsTable, dynamo.client),
  },
});
/** Everything that the tables hold, as text. */
async function kept(): Promise<string> {
  const pages = await Promise.all(
    [contactsTable, couponsTable].map((TableName) => dynamo.client.send(new ScanCommand({ TableName }))),
  );
  return JSON.stringify(pages.map(({ Items }) => Items));
}

describe('a member who is erased', () => {
  it('is named nowhere any more; the codes stay given, and nobody else’s are touched', async () => {
    const { contacts, coupons, pools, deps } = stores();
    await pools.add('spring', ['A1', 'A2', 'A3']);
    await pools.add('summer', ['B1', 'B2']);
    const claim = (pool: string, campaignId: string, users: string[]) =>
      claimCoupons({ coupons, random: Math.random }, { pool, campaignId }, users);
    await claim('spring', 'c1', ['홍길동/1', '김서연']);
    await claim('spring', 'c2', ['홍길동/1']);
    await claim('summer', 'c2', ['홍길동/1']);
    for (const userId of ['홍길동/1', '김서연'])
      await contacts.put(userId, new Map([['s1', { at: Date.now(), channel: 'push' as const }]]), 0);
    const others = await claim('spring', 'c1', ['김서연']);

    expect(await forgetMember(deps, '홍길동/1')).toBe(3);

    expect(await kept()).not.toContain('홍길동');
    expect([await pools.count('spring'), await pools.count('summer')]).toEqual([
      { given: 3, left: 0 },
      { given: 1, left: 1 },
    ]);
    expect(await claim('spring', 'c1', ['김서연'])).toEqual(others);
    expect((await contacts.batch(['김서연'], { consistent: true })).size).toBe(1);
    // Nobody gets a code that was theirs.
    expect(await claim('spring', 'c3', ['새회원'])).toEqual(new Map());
    expect(await forgetMember(deps, '홍길동/1')).toBe(0);
  });

  it('is forgotten though the first try was cut off, and though a promise of theirs was void', async () => {
    const { coupons, pools, deps } = stores();
    await pools.add('winter', ['W1', 'W2']);
    const claim = { pool: 'winter', campaignId: 'c9' };
    await coupons.promise(claim, '이도윤', 'W1', undefined);
    await coupons.take(claim, '이도윤', 'W1');
    // The code was disowned, its promise not yet taken away.
    await dynamo.client.send(
      new UpdateCommand({
        TableName: couponsTable,
        Key: { pk: 'code#winter#W1' },
        UpdateExpression: 'SET #owner = :nobody',
        ExpressionAttributeNames: { '#owner': 'owner' },
        ExpressionAttributeValues: { ':nobody': 'c9#' },
      }),
    );
    await coupons.promise({ ...claim, campaignId: 'c8' }, '이도윤', 'W2', undefined);
    expect(await forgetMember(deps, '이도윤')).toBe(0);
    expect(await kept()).not.toContain('이도윤');
    expect(await pools.count('winter')).toEqual({ given: 1, left: 1 });
  });
});
