import { DeleteCommand, type DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { getItems } from '../../shared/batches.aws.ts';
import { documentClient, unlessRefused } from '../../shared/dynamodb.aws.ts';
import { inParallel } from '../../shared/parallel.ts';
import { claimOf, codeKey, GIVING_SHELF, ownerOf, promiseKey } from './coupon-rows.ts';
import type { Claim, CouponEraser } from './ports.ts';
import { pagesOf } from './shelf-pages.aws.ts';

const WRITES_IN_FLIGHT = 10;
/** Owner of a code whose member was erased: it stays given, and names nobody. */
const NOBODY = '';

/** Erasing over the table `coupons` (coupon-rows.ts): every campaign that gives codes is asked what it promised the member. */
export function dynamoCouponEraser(
  table: string,
  client: DynamoDBDocumentClient = documentClient(),
): CouponEraser {
  const disowned = (claim: Claim, userId: string, code: string): Promise<unknown> =>
    client.send(
      new UpdateCommand({
        TableName: table,
        Key: { pk: codeKey(claim.pool, code) },
        UpdateExpression: 'SET #owner = :nobody',
        ConditionExpression: '#owner = :owner',
        ExpressionAttributeNames: { '#owner': 'owner' },
        ExpressionAttributeValues: { ':owner': ownerOf(claim, userId), ':nobody': ownerOf(claim, NOBODY) },
      }),
    );
  const forgotten = async (claim: Claim, userId: string, code: string): Promise<boolean> => {
    // The promise goes last: whoever repeats this after a crash finds the code by it.
    const was = (await unlessRefused(disowned(claim, userId, code))) !== undefined;
    await client.send(new DeleteCommand({ TableName: table, Key: { pk: promiseKey(claim, userId) } }));
    return was;
  };
  return {
    async forget(userId) {
      let codes = 0;
      for await (const { Items = [] } of pagesOf(client, table, GIVING_SHELF)) {
        const claims = new Map(
          Items.map(({ pk }) => claimOf(String(pk))).map((claim) => [promiseKey(claim, userId), claim]),
        );
        const rows = await getItems(client, table, [...claims.keys()], { names: ['code'] });
        const done = await inParallel(rows, WRITES_IN_FLIGHT, ({ pk, code }) =>
          forgotten(claims.get(String(pk)) as Claim, userId, String(code)),
        );
        codes += done.filter(Boolean).length;
      }
      return codes;
    },
  };
}
