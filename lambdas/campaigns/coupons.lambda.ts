import { validateCreateCouponPool } from '../../schemas/campaigns/generated/requests.js';
import { readEnv, SHARED_ENV } from '../shared/env.ts';
import { get, httpHandler, idempotent, withBody, withJsonOrCsv } from '../shared/http.ts';
import { dynamoIdempotency } from '../shared/idempotency.aws.ts';
import { addCodes } from './coupons/add-codes.ts';
import { dynamoPools } from './coupons/pool-store.aws.ts';
import { createPool, getPool, listPools } from './coupons/pools.ts';
import { COUPONS_ENV } from './env.ts';

const env = readEnv({ ...COUPONS_ENV, idempotencyTable: SHARED_ENV.idempotencyTable });
const pools = dynamoPools(env.couponsTable);
const idempotency = dynamoIdempotency(env.idempotencyTable);

export const handler = httpHandler({
  'POST /coupons/pools': idempotent(
    idempotency,
    withBody(validateCreateCouponPool, async ({ body }, ctx) => ({
      status: 201,
      body: { result: await createPool(pools, ctx, body) },
    })),
  ),
  'GET /coupons/pools': get(async () => ({ status: 200, body: await listPools(pools) })),
  'GET /coupons/pools/{name}': get(async ({ path }) => ({
    status: 200,
    body: { result: await getPool(pools, path['name'] ?? '') },
  })),
  'POST /coupons/pools/{name}/codes': idempotent(
    idempotency,
    withJsonOrCsv(({ path, body }) => addCodes(pools, path['name'] ?? '', body)),
  ),
});
