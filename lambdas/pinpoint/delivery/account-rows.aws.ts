import { type DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { unlessRefused } from '../../shared/dynamodb.aws.ts';
import type { AccountRows } from './account-pace.ts';

/** On the table of runs: one row a channel kind (`pk` `account#<kind>`, `sk` `pace`), which stays. */
export function dynamoAccountRows(tableName: string, client: DynamoDBDocumentClient): AccountRows {
  const keyOf = (kind: string) => ({ pk: `account#${kind}`, sk: 'pace' });
  return {
    async book(kind, { now, costMs, ahead, horizonMs }) {
      const change = ahead
        ? {
            UpdateExpression: 'ADD #nextAt :cost',
            ConditionExpression: '#nextAt BETWEEN :now AND :horizon',
            ExpressionAttributeValues: { ':cost': costMs, ':now': now, ':horizon': now + horizonMs },
          }
        : {
            UpdateExpression: 'SET #nextAt = :next',
            ConditionExpression: 'attribute_not_exists(#nextAt) OR #nextAt <= :now',
            ExpressionAttributeValues: { ':next': now + costMs, ':now': now },
          };
      const booked = await unlessRefused(
        client.send(
          new UpdateCommand({
            TableName: tableName,
            Key: keyOf(kind),
            ReturnValues: 'ALL_NEW',
            ExpressionAttributeNames: { '#nextAt': 'nextAt' },
            ...change,
          }),
        ),
      );
      if (booked) return { granted: true, nextAt: Number(booked.Attributes?.['nextAt']) };
      const { Item } = await client.send(
        new GetCommand({ TableName: tableName, Key: keyOf(kind), ConsistentRead: true }),
      );
      return { granted: false, nextAt: Number(Item?.['nextAt'] ?? 0) };
    },
  };
}
