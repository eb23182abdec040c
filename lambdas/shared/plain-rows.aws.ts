import { type AttributeValue, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { plainClientOf, unlessRefused } from './dynamodb.aws.ts';

export interface RowKey {
  readonly pk: string;
  readonly sk: string;
}

/** A write's condition, and the values it names. */
export interface RowCondition {
  readonly expression: string;
  readonly values?: Readonly<Record<string, unknown>>;
}

export const IS_NEW: RowCondition = { expression: 'attribute_not_exists(pk)' };

const stored = (row: object): Record<string, AttributeValue> =>
  marshall(row, { removeUndefinedValues: true }) as Record<string, AttributeValue>;

/**
 * Single rows of a table with the keys `pk` and `sk`, read consistently and replaced whole, by the plain client: where
 * thousands of rows a minute are read and written, the document client costs a third more CPU.
 */
export function plainRows(TableName: string, document: DynamoDBDocumentClient) {
  const client = plainClientOf(document);
  return {
    async get({ pk, sk }: RowKey): Promise<Record<string, unknown> | undefined> {
      const Key = { pk: { S: pk }, sk: { S: sk } };
      const { Item } = await client.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }));
      return Item && unmarshall(Item);
    },
    /** False when the condition was not met. */
    async put<Row extends RowKey>(row: Row, condition?: RowCondition): Promise<boolean> {
      const { expression: ConditionExpression, values } = condition ?? {};
      const command = new PutItemCommand({
        TableName,
        Item: stored(row),
        ...(ConditionExpression === undefined ? {} : { ConditionExpression }),
        ...(values === undefined ? {} : { ExpressionAttributeValues: stored(values) }),
      });
      return (await unlessRefused(client.send(command))) !== undefined;
    },
  };
}
