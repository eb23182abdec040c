import { CreateTableCommand } from '@aws-sdk/client-dynamodb';
import { documentClient } from '../../../lambdas/shared/dynamodb.aws.ts';
import { startDynamoDb } from '../../support/dynamodb.ts';
import { dynamoAt } from '../../support/tables.ts';

/** A fresh table `table` with the keys `pk` and `sk` and the sparse index `due`, in a DynamoDB stand-in of its own. */
export async function startTable() {
  const dynamoDb = await startDynamoDb();
  const client = dynamoAt(dynamoDb.url);
  await client.send(
    new CreateTableCommand({
      TableName: 'table',
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      AttributeDefinitions: ['pk', 'sk', 'dueShard', 'dueAt'].map((AttributeName) => ({
        AttributeName,
        AttributeType: 'S',
      })),
      GlobalSecondaryIndexes: [
        {
          IndexName: 'due',
          KeySchema: [
            { AttributeName: 'dueShard', KeyType: 'HASH' },
            { AttributeName: 'dueAt', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
    }),
  );
  return {
    table: 'table',
    client: documentClient(client),
    close: async () => {
      client.destroy();
      await dynamoDb.close();
    },
  };
}
