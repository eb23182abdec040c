import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { getItems, putItems } from '../../shared/batches.aws.ts';
import { documentClient } from '../../shared/dynamodb.aws.ts';
import type { StateStore } from '../ports.ts';
import type { MemberState } from './member-state.ts';

/** The state travels as one JSON text: as nested attributes its marshalling would cost more than folding it. */
interface StateRow {
  pk: string;
  /** Beside the state, for readers that need nothing else of it. */
  lastSeenAt: string;
  state: string;
}

/** Member state in the table `member-state`. */
export function dynamoStates(table: string, client: DynamoDBDocumentClient = documentClient()): StateStore {
  return {
    async getAll(keys) {
      const rows = (await getItems(client, table, keys)) as unknown as StateRow[];
      return new Map(rows.map(({ pk, state }) => [pk, JSON.parse(state) as MemberState]));
    },
    async putAll(states) {
      const rows = [...states].map(
        ([pk, state]): StateRow => ({ pk, lastSeenAt: state.lastSeenAt, state: JSON.stringify(state) }),
      );
      await putItems(client, table, rows as unknown as Record<string, unknown>[]);
    },
  };
}
