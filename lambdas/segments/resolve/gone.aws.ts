import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { dynamoErasedPeople } from '../../members/index.ts';
import { getItems } from '../../shared/batches.aws.ts';
import { documentClient } from '../../shared/dynamodb.aws.ts';
import type { Gone } from '../ports.ts';

/** Open erasures, without people who have a row again since the old one was removed: those are members like any others. */
export function dynamoGone(
  tables: { readonly members: string; readonly erasures: string },
  client: DynamoDBDocumentClient = documentClient(),
): Gone {
  const erasures = dynamoErasedPeople(tables.erasures, client);
  return async () => {
    const asked = await erasures.asked();
    const removed = asked.flatMap(({ userId, hasRow }) => (hasRow ? [] : [userId]));
    const rows = await getItems(client, tables.members, removed, { names: [] });
    const back = new Set(rows.map(({ pk }) => String(pk)));
    return asked
      .map(({ userId }) => userId)
      .filter((userId) => !back.has(userId))
      .sort();
  };
}
