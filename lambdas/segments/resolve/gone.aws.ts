import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { dynamoErasedPeople } from '../../members/index.ts';
import { getItems } from '../../shared/batches.aws.ts';
import { documentClient } from '../../shared/dynamodb.aws.ts';
import type { Gone } from '../ports.ts';

/** Open erasures, without people who have a row again since: those are members like any others. */
export function dynamoGone(
  tables: { readonly members: string; readonly erasures: string },
  client: DynamoDBDocumentClient = documentClient(),
): Gone {
  const erasures = dynamoErasedPeople(tables.erasures, client);
  return async () => {
    const asked = [...new Set((await erasures.erased()).map(({ userId }) => userId))].sort();
    const rows = await getItems(client, tables.members, asked, { names: [] });
    const back = new Set(rows.map(({ pk }) => String(pk)));
    return asked.filter((userId) => !back.has(userId));
  };
}
