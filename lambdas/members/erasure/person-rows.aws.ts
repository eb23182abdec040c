import { DeleteCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { getItems } from '../../shared/batches.aws.ts';
import { documentClient } from '../../shared/dynamodb.aws.ts';
import { stateKey } from '../state/state-key.ts';
import { forgetInBrowsers, forgetStates } from './forget-states.ts';
import type { PersonRows } from './ports.ts';
import { dynamoStateEraser } from './state-eraser.aws.ts';

/** A person's rows in the tables `members` and `member-state`. */
export function dynamoPersonRows(
  { table, stateTable }: { readonly table: string; readonly stateTable: string },
  client: DynamoDBDocumentClient = documentClient(),
): PersonRows {
  const states = dynamoStateEraser(stateTable, client);
  const remove = (TableName: string, pk: string) =>
    client.send(new DeleteCommand({ TableName, Key: { pk } }));
  return {
    async has(userId) {
      const [members, states] = await Promise.all([
        getItems(client, table, [userId], { names: [] }),
        getItems(client, stateTable, [stateKey.ofUser(userId)], { names: [] }),
      ]);
      return members.length + states.length > 0;
    },
    async removeMember(userId) {
      await remove(table, userId);
    },
    removeStates: (of) => forgetStates(states, of),
    removeFromBrowsers: (of) => forgetInBrowsers(states, of),
  };
}
