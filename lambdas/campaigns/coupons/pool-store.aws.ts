import { type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { getItems } from '../../shared/batches.aws.ts';
import { documentClient, unlessRefused } from '../../shared/dynamodb.aws.ts';
import { inParallel } from '../../shared/parallel.ts';
import { codeKey, POOLS_SHELF, poolKey } from './coupon-rows.ts';
import { placeOfCode } from './coupon-store.aws.ts';
import type { Pool } from './pool.ts';
import type { PoolStore } from './ports.ts';
import { pagesOf } from './shelf-pages.aws.ts';
import { shelfOf, shelvesOf } from './shelves.ts';

/** Each code is a write with a condition of its own, so that an upload never takes a code back that was given. */
const WRITES_IN_FLIGHT = 50;
const COUNTS_IN_FLIGHT = 8;

/** Pools and their codes in the table `coupons` (coupon-rows.ts). */
export function dynamoPools(table: string, client: DynamoDBDocumentClient = documentClient()): PoolStore {
  const added = async (Item: Record<string, unknown>): Promise<boolean> => {
    const ConditionExpression = 'attribute_not_exists(pk)';
    const write = client.send(new PutCommand({ TableName: table, Item, ConditionExpression }));
    return (await unlessRefused(write)) !== undefined;
  };
  const counted = async (shelves: readonly string[]): Promise<number> => {
    const counts = await inParallel(shelves, COUNTS_IN_FLIGHT, (shelf) => countOf(client, table, shelf));
    return counts.reduce((sum, count) => sum + count, 0);
  };
  return {
    create: (pool) => added({ pk: poolKey(pool.name), shelf: POOLS_SHELF, place: pool.name, pool }),
    async get(name) {
      const { Item } = await client.send(
        new GetCommand({ TableName: table, Key: { pk: poolKey(name) }, ConsistentRead: true }),
      );
      return Item?.['pool'] as Pool | undefined;
    },
    async list() {
      const keys: string[] = [];
      for await (const page of pagesOf(client, table, POOLS_SHELF, {}))
        keys.push(...(page.Items ?? []).map(({ pk }) => String(pk)));
      const rows = await getItems(client, table, keys);
      const pools = rows.map(({ pool }) => pool as Pool);
      return pools.sort((a, b) => (a.name < b.name ? -1 : 1));
    },
    async add(pool, codes) {
      const isNew = await inParallel(codes, WRITES_IN_FLIGHT, (code) => {
        const place = placeOfCode(code);
        return added({ pk: codeKey(pool, code), shelf: shelfOf(pool, 'free', place), place });
      });
      return new Set(codes.filter((_, index) => !isNew[index]));
    },
    async count(pool) {
      const [given, left] = await Promise.all([
        counted(shelvesOf(pool, 'given')),
        counted(shelvesOf(pool, 'free')),
      ]);
      return { given, left };
    },
  };
}

async function countOf(client: DynamoDBDocumentClient, table: string, shelf: string): Promise<number> {
  let count = 0;
  for await (const page of pagesOf(client, table, shelf, { Select: 'COUNT' })) count += page.Count ?? 0;
  return count;
}
