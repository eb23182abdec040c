import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { SHELVES_INDEX } from './coupon-rows.ts';

/** What stands on a shelf of the table `coupons`, page by page. */
export async function* pagesOf(
  client: DynamoDBDocumentClient,
  TableName: string,
  shelf: string,
  more: { readonly Select?: 'COUNT' } = {},
) {
  let ExclusiveStartKey: Record<string, unknown> | undefined;
  do {
    const page = await client.send(
      new QueryCommand({
        TableName,
        IndexName: SHELVES_INDEX,
        KeyConditionExpression: 'shelf = :shelf',
        ExpressionAttributeValues: { ':shelf': shelf },
        ...more,
        ...(ExclusiveStartKey ? { ExclusiveStartKey } : {}),
      }),
    );
    yield page;
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
}
