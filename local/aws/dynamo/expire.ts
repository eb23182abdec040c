import {
  type AttributeValue,
  DeleteItemCommand,
  type DynamoDBClient,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import type { TableProperties } from './table.ts';

/** DynamoDB leaves rows alone whose time to live lies further back than this, in seconds. */
const TOO_OLD_SECONDS = 5 * 365 * 24 * 60 * 60;

const ttlAttribute = ({ TimeToLiveSpecification: ttl }: TableProperties): string | undefined =>
  ttl?.Enabled ? ttl.AttributeName : undefined;

async function expireTable(client: DynamoDBClient, table: TableProperties, now: number): Promise<number> {
  const attribute = ttlAttribute(table);
  if (attribute === undefined) return 0;
  const nowSeconds = Math.floor(now / 1000);
  const expired = {
    ExpressionAttributeNames: { '#ttl': attribute },
    ExpressionAttributeValues: {
      ':now': { N: String(nowSeconds) },
      ':oldest': { N: String(nowSeconds - TOO_OLD_SECONDS) },
    },
  };
  const isExpired = '#ttl <= :now AND #ttl > :oldest';
  let deleted = 0;
  let from: Record<string, AttributeValue> | undefined;
  do {
    const page = await client.send(
      new ScanCommand({
        ...expired,
        TableName: table.TableName,
        FilterExpression: isExpired,
        Limit: 500,
        ...(from && { ExclusiveStartKey: from }),
      }),
    );
    for (const item of page.Items ?? []) {
      const Key = Object.fromEntries(
        table.KeySchema.flatMap(({ AttributeName: name }) => (item[name] ? [[name, item[name]]] : [])),
      );
      // The row may have been given more time since it was read.
      const command = new DeleteItemCommand({
        ...expired,
        TableName: table.TableName,
        Key,
        ConditionExpression: isExpired,
      });
      deleted += await client.send(command).then(
        () => 1,
        (error: Error) => {
          if (error.name === 'ConditionalCheckFailedException') return 0;
          throw error;
        },
      );
    }
    from = page.LastEvaluatedKey;
  } while (from);
  return deleted;
}

/** Deletes every row whose TTL attribute (epoch seconds) has passed at `now` (epoch ms); returns how many went. */
export async function expire(
  client: DynamoDBClient,
  tables: readonly TableProperties[],
  now: number,
): Promise<number> {
  let deleted = 0;
  for (const table of tables) deleted += await expireTable(client, table, now);
  return deleted;
}
