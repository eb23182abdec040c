import { createHash } from 'node:crypto';
import { type DynamoDBDocumentClient, PutCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { getItems } from '../../shared/batches.aws.ts';
import { documentClient, unlessRefused } from '../../shared/dynamodb.aws.ts';
import {
  codeKey,
  codeOf,
  GIVING_SHELF,
  givingKey,
  ownerOf,
  promiseKey,
  SHELVES_INDEX,
} from './coupon-rows.ts';
import type { Claim, CouponStore } from './ports.ts';
import { placeOf, type Stretch, shelfOf, stretchesFrom } from './shelves.ts';

/** Where a code stands on its pool's shelves. */
export const placeOfCode = (code: string): string => placeOf(createHash('sha256').update(code).digest('hex'));

/** Codes and promises in the table `coupons` (coupon-rows.ts). */
export function dynamoCoupons(table: string, client: DynamoDBDocumentClient = documentClient()): CouponStore {
  const send = (command: PutCommand | UpdateCommand): Promise<unknown> => client.send(command as PutCommand);
  const isDone = async (command: PutCommand | UpdateCommand): Promise<boolean> =>
    (await unlessRefused(send(command))) !== undefined;
  const noted = new Map<string, Promise<unknown>>();
  /** Before its first promise: whoever looks for a member's codes must find every campaign that gives any. */
  const note = (claim: Claim): Promise<unknown> => {
    const pk = givingKey(claim);
    const place = `${claim.pool}#${claim.campaignId}`;
    const known =
      noted.get(pk) ?? send(new PutCommand({ TableName: table, Item: { pk, shelf: GIVING_SHELF, place } }));
    noted.set(pk, known);
    known.catch(() => noted.delete(pk));
    return known;
  };
  return {
    async promises(claim, userIds) {
      const byKey = new Map(userIds.map((userId) => [promiseKey(claim, userId), userId]));
      const rows = await getItems(client, table, [...byKey.keys()], { names: ['code'] });
      return new Map(rows.map(({ pk, code }) => [byKey.get(String(pk)) ?? '', String(code)]));
    },
    async promise(claim, userId, code, seen) {
      await note(claim);
      return isDone(
        new PutCommand({
          TableName: table,
          Item: { pk: promiseKey(claim, userId), code },
          ...(seen === undefined
            ? { ConditionExpression: 'attribute_not_exists(pk)' }
            : { ConditionExpression: 'code = :seen', ExpressionAttributeValues: { ':seen': seen } }),
        }),
      );
    },
    take: (claim, userId, code) =>
      isDone(
        new UpdateCommand({
          TableName: table,
          Key: { pk: codeKey(claim.pool, code) },
          UpdateExpression: 'SET #owner = :owner, shelf = :shelf',
          ConditionExpression: 'attribute_exists(pk) AND (attribute_not_exists(#owner) OR #owner = :owner)',
          ExpressionAttributeNames: { '#owner': 'owner' },
          ExpressionAttributeValues: {
            ':owner': ownerOf(claim, userId),
            ':shelf': shelfOf(claim.pool, 'given', placeOfCode(code)),
          },
        }),
      ),
    async taken(claim, promised) {
      const keys = [...new Set(promised.values())].map((code) => codeKey(claim.pool, code));
      const rows = await getItems(client, table, keys, { names: ['owner'] });
      const owners = new Map(rows.map(({ pk, owner }) => [String(pk), owner]));
      return new Map(
        [...promised].filter(
          ([userId, code]) => owners.get(codeKey(claim.pool, code)) === ownerOf(claim, userId),
        ),
      );
    },
    async free(pool, limit, start) {
      const found = new Set<string>();
      for (const stretch of stretchesFrom(pool, start)) {
        if (found.size >= limit) break;
        for (const pk of await keysOf(client, table, stretch, limit - found.size))
          found.add(codeOf(pool, pk));
      }
      return [...found].slice(0, limit);
    },
  };
}

async function keysOf(
  client: DynamoDBDocumentClient,
  TableName: string,
  { shelf, from, before }: Stretch,
  Limit: number,
): Promise<string[]> {
  const { Items = [] } = await client.send(
    new QueryCommand({
      TableName,
      IndexName: SHELVES_INDEX,
      KeyConditionExpression:
        before === undefined
          ? 'shelf = :shelf AND place >= :from'
          : 'shelf = :shelf AND place BETWEEN :from AND :before',
      ExpressionAttributeValues: {
        ':shelf': shelf,
        ':from': from,
        ...(before === undefined ? {} : { ':before': before }),
      },
      Limit,
    }),
  );
  return Items.map(({ pk }) => String(pk));
}
