import { afterAll, beforeAll, describe } from 'vitest';
import { dynamoCoupons } from '../../../lambdas/campaigns/coupons/coupon-store.aws.ts';
import { dynamoPools } from '../../../lambdas/campaigns/coupons/pool-store.aws.ts';
import { tableName } from '../../support/tables.ts';
import { type Dynamo, startTables } from '../policy/support/tables.ts';
import { couponStoreContract } from './coupon-store.contract.ts';
import { memoryCoupons } from './support.ts';

let dynamo: Dynamo;
beforeAll(async () => {
  dynamo = await startTables('coupons');
});
afterAll(() => dynamo.close());

const table = tableName('coupons');

describe('coupons on DynamoDB', () =>
  couponStoreContract(() => ({
    ...dynamoCoupons(table, dynamo.client),
    ...dynamoPools(table, dynamo.client),
  })));
describe('coupons in memory', () => couponStoreContract(() => memoryCoupons()));
