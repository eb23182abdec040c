import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DynamoDBClient,
  ResourceInUseException,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { WITHOUT_BINARY } from '../../lambdas/shared/plain-json.aws.ts';
import { resources } from './template.ts';

/** Properties of AWS::DynamoDB::Table that CreateTable takes under the same name. */
const CREATE = [
  'TableName',
  'KeySchema',
  'AttributeDefinitions',
  'BillingMode',
  'GlobalSecondaryIndexes',
] as const;

/** A client of a DynamoDB stand-in at `endpoint`, with the settings of the deployed ones; a user in the URL is its access key id. */
export function dynamoAt(endpoint: string): DynamoDBClient {
  const { origin, username } = new URL(endpoint);
  return new DynamoDBClient({
    endpoint: origin,
    region: 'ap-northeast-2',
    credentials: { accessKeyId: username || 'test', secretAccessKey: 'test' },
    ...WITHOUT_BINARY,
  });
}

/** Physical name of a table of the stage `test`, e.g. `members` → `repoint-test-members`. */
export const tableName = (name: string): string => `repoint-test-${name}`;

/**
 * Creates tables of the deployed templates (stage `test`) at a DynamoDB stand-in: all, or the named ones
 * (`createTables(url, 'members', 'member-state')`). Throws when the templates have no table of that name.
 */
export async function createTables(endpoint: string, ...names: string[]): Promise<void> {
  const declared = new Map(
    resources('AWS::DynamoDB::Table').map(({ Properties }) => [String(Properties['TableName']), Properties]),
  );
  const client = dynamoAt(endpoint);
  try {
    const wanted = names.length > 0 ? names.map(tableName) : [...declared.keys()];
    await Promise.all(wanted.map((name) => create(client, name, declared)));
  } finally {
    client.destroy();
  }
}

async function create(
  client: DynamoDBClient,
  name: string,
  declared: ReadonlyMap<string, Readonly<Record<string, unknown>>>,
): Promise<void> {
  const properties = declared.get(name);
  if (!properties) throw new Error(`No table ${name} in the templates: ${[...declared.keys()].join(', ')}`);
  const input = Object.fromEntries(
    CREATE.flatMap((key) => (key in properties ? [[key, properties[key]]] : [])),
  );
  try {
    await client.send(new CreateTableCommand(input as unknown as CreateTableCommandInput));
  } catch (error) {
    if (!(error instanceof ResourceInUseException)) throw error;
  }
  await waitUntilTableExists({ client, maxWaitTime: 60, minDelay: 0.05, maxDelay: 0.2 }, { TableName: name });
}
