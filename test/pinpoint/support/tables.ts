import { CreateTableCommand, type CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { documentClient } from '../../../lambdas/shared/dynamodb.aws.ts';
import { startDynamoDb } from '../../support/dynamodb.ts';
import { dynamoAt } from '../../support/tables.ts';

const string = (AttributeName: string) => ({ AttributeName, AttributeType: 'S' as const });
const hash = (AttributeName: string) => ({ AttributeName, KeyType: 'HASH' as const });
const range = (AttributeName: string) => ({ AttributeName, KeyType: 'RANGE' as const });

/** The engine's tables as docs/architecture.md lists them. */
const TABLES: readonly CreateTableCommandInput[] = [
  {
    TableName: 'registry',
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: ['pk', 'sk', 'dueShard', 'dueAt'].map(string),
    KeySchema: [hash('pk'), range('sk')],
    GlobalSecondaryIndexes: [
      {
        IndexName: 'due',
        KeySchema: [hash('dueShard'), range('dueAt')],
        Projection: { ProjectionType: 'ALL' },
      },
    ],
  },
  {
    TableName: 'endpoints',
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [string('pk')],
    KeySchema: [hash('pk')],
  },
];

export interface Tables {
  readonly client: DynamoDBDocumentClient;
  readonly registry: string;
  readonly endpoints: string;
  readonly close: () => Promise<void>;
}

/** The engine's tables on an embedded DynamoDB in memory. */
export async function startTables(): Promise<Tables> {
  const dynamoDb = await startDynamoDb();
  const client = dynamoAt(dynamoDb.url);
  for (const table of TABLES) await client.send(new CreateTableCommand(table));
  return {
    client: documentClient(client),
    registry: 'registry',
    endpoints: 'endpoints',
    close: async () => {
      client.destroy();
      await dynamoDb.close();
    },
  };
}
