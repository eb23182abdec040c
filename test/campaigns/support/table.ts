import { documentClient } from '../../../lambdas/shared/dynamodb.aws.ts';
import { startDynamoDb } from '../../support/dynamodb.ts';
import { createTables, dynamoAt, tableName } from '../../support/tables.ts';

/** The deployed table `campaigns`, empty, in a DynamoDB stand-in of its own. */
export async function startCampaignsTable() {
  const dynamoDb = await startDynamoDb();
  await createTables(dynamoDb.url, 'campaigns');
  const client = dynamoAt(dynamoDb.url);
  return {
    table: tableName('campaigns'),
    client: documentClient(client),
    close: async () => {
      client.destroy();
      await dynamoDb.close();
    },
  };
}
