import type { AddressInfo } from 'node:net';
import { CreateTableCommand, type CreateTableCommandInput, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import dynalite from 'dynalite';
import { documentClient } from '../../../lambdas/shared/dynamodb.aws.ts';

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
  const server = dynalite({ createTableMs: 0, updateTableMs: 0, deleteTableMs: 0 });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', () => resolve()));
  const { port } = server.address() as AddressInfo;
  const client = new DynamoDBClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'ap-northeast-2',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  for (const table of TABLES) await client.send(new CreateTableCommand(table));
  return {
    client: documentClient(client),
    registry: 'registry',
    endpoints: 'endpoints',
    close: async () => {
      client.destroy();
      await new Promise<void>((resolve) => void server.close(() => resolve()));
    },
  };
}
