import { DeleteCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { getItems } from '../../shared/batches.aws.ts';
import { documentClient } from '../../shared/dynamodb.aws.ts';
import { inParallel } from '../../shared/parallel.ts';
import { stateKey } from '../state/update-states.ts';
import type { PersonRows } from './ports.ts';

const DELETES_IN_FLIGHT = 8;

/** A person's rows in the tables `members` and `member-state`. */
export function dynamoPersonRows(
  { table, stateTable }: { readonly table: string; readonly stateTable: string },
  client: DynamoDBDocumentClient = documentClient(),
): PersonRows {
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
    async removeStates({ userId, anonymousIds = [] }) {
      const keys = anonymousIds.map(stateKey.ofAnonymous);
      if (userId !== undefined) keys.push(stateKey.ofUser(userId));
      await inParallel(keys, DELETES_IN_FLIGHT, (key) => remove(stateTable, key));
    },
  };
}
