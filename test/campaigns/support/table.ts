import dynalite from 'dynalite';
import { documentClient } from '../../../lambdas/shared/dynamodb.aws.ts';
import { createTables, dynamoAt, tableName } from '../../support/tables.ts';

/** The deployed table `campaigns`, empty, in a DynamoDB stand-in of its own. */
export async function startCampaignsTable() {
  const server = dynalite({ createTableMs: 0 });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const endpoint = `http://127.0.0.1:${port}`;
  await createTables(endpoint, 'campaigns');
  const client = dynamoAt(endpoint);
  return {
    table: tableName('campaigns'),
    client: documentClient(client),
    close: () => {
      client.destroy();
      server.close();
    },
  };
}
