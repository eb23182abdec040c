import { setTimeout as sleep } from 'node:timers/promises';
import { BatchWriteCommand, type DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { inChunks } from '../../shared/chunks.ts';
import type { EndpointEraser } from './ports.ts';

/** A BatchWriteItem takes 25 requests. */
const BATCH = 25;
const BACKOFF_MS = 100;

/** Finds an application's rows by scanning: the table has no index by application, and applications are seldom deleted. */
export function dynamoEndpointEraser(table: string, client: DynamoDBDocumentClient): EndpointEraser {
  const remove = async (keys: readonly string[]) => {
    let requests = keys.map((pk) => ({ DeleteRequest: { Key: { pk } } }));
    for (let attempt = 1; requests.length > 0; attempt++) {
      const answer = await client.send(new BatchWriteCommand({ RequestItems: { [table]: requests } }));
      requests = (answer.UnprocessedItems?.[table] ?? []) as typeof requests;
      if (requests.length > 0) await sleep(Math.random() * BACKOFF_MS * 2 ** Math.min(attempt, 5));
    }
  };
  return {
    async eraseSome(appId, from) {
      const answer = await client.send(
        new ScanCommand({
          TableName: table,
          ProjectionExpression: 'pk',
          FilterExpression: 'begins_with(pk, :prefix)',
          ExpressionAttributeValues: { ':prefix': `${appId}#` },
          ...(from === undefined ? {} : { ExclusiveStartKey: { pk: from } }),
        }),
      );
      const keys = (answer.Items ?? []).map(({ pk }) => pk as string);
      for (const batch of inChunks(keys, BATCH)) await remove(batch);
      const next = answer.LastEvaluatedKey?.['pk'] as string | undefined;
      return next === undefined ? {} : { next };
    },
  };
}
