import { type DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { getItems, type Item, putItems } from '../../shared/batches.aws.ts';
import { documentClient, unlessRefused } from '../../shared/dynamodb.aws.ts';
import type { BrowserNamings, StateRows, StateStore } from '../ports.ts';
import type { BrowserState } from './browser-state.ts';
import { MOST_MEMBERS } from './joined-browsers.ts';
import type { MemberState } from './member-state.ts';
import { browserStateOf, packedBrowserState, packedSpans, packedState, spansOf, stateOf } from './packed.ts';
import { stateKey } from './state-key.ts';

/** The state travels as one JSON text: as nested attributes its marshalling would cost more than folding it. */
interface StateRow {
  pk: string;
  /** Of members, beside the state, for readers that need nothing else of it. */
  lastSeenAt?: string;
  state: string;
}

/** Attribute of a row of namings: packed spans of a member, as JSON text. */
const SETTLED = 'settled:';
export const settledName = (userId: string): string => `${SETTLED}${userId}`;

/** Member state in the table `member-state` (state-key.ts). */
export function dynamoStates(table: string, client: DynamoDBDocumentClient = documentClient()): StateStore {
  const update = async (pk: string, UpdateExpression: string, more: object) =>
    client.send(new UpdateCommand({ TableName: table, Key: { pk }, UpdateExpression, ...more }));
  return {
    async read({ members = [], browsers = [], namings = [] }) {
      const keys = [
        ...members.map(stateKey.ofUser),
        ...browsers.map(stateKey.ofAnonymous),
        ...namings.map(stateKey.ofNamings),
      ];
      const rows = keys.length === 0 ? [] : await getItems(client, table, keys);
      return rowsOf(rows);
    },
    async write({ members = new Map(), browsers = new Map() }) {
      const rows: StateRow[] = [
        ...[...(members as StateRows['members'])].map(([userId, state]) => ({
          pk: stateKey.ofUser(userId),
          lastSeenAt: state.lastSeenAt,
          state: packedState(state),
        })),
        ...[...(browsers as StateRows['browsers'])].map(([anonymousId, state]) => ({
          pk: stateKey.ofAnonymous(anonymousId),
          state: packedBrowserState(state),
        })),
      ];
      await putItems(client, table, rows as unknown as Item[]);
    },
    async join(anonymousId, userId) {
      const answer = await unlessRefused(
        update(stateKey.ofNamings(anonymousId), 'ADD userIds :me', {
          ConditionExpression:
            'attribute_not_exists(userIds) OR size(userIds) < :most OR contains(userIds, :userId)',
          ExpressionAttributeValues: { ':me': new Set([userId]), ':userId': userId, ':most': MOST_MEMBERS },
          ReturnValues: 'ALL_NEW',
        }),
      );
      return answer?.Attributes && namingsOf(answer.Attributes);
    },
    async settle(anonymousId, userId, namings) {
      // First for whoever erases the member: afterwards nothing else of them names the browser.
      await update(stateKey.ofSettled(userId), 'ADD anonymousIds :browser', {
        ExpressionAttributeValues: { ':browser': new Set([anonymousId]) },
      });
      await update(stateKey.ofNamings(anonymousId), 'SET #settled = :namings ADD userIds :me', {
        ExpressionAttributeNames: { '#settled': settledName(userId) },
        ExpressionAttributeValues: {
          ':namings': JSON.stringify(packedSpans(namings)),
          ':me': new Set([userId]),
        },
      });
    },
  };
}

function rowsOf(rows: readonly Item[]): StateRows {
  const members = new Map<string, MemberState>();
  const browsers = new Map<string, BrowserState>();
  const namings = new Map<string, BrowserNamings>();
  for (const row of rows) {
    const [pk, state] = [String(row['pk']), String(row['state'])];
    const id = pk.slice(2);
    if (pk === stateKey.ofUser(id)) members.set(id, stateOf(state));
    else if (pk === stateKey.ofAnonymous(id)) browsers.set(id, browserStateOf(state));
    else namings.set(id, namingsOf(row));
  }
  return { members, browsers, namings };
}

const namingsOf = (row: Item): BrowserNamings => ({
  userIds: [...((row['userIds'] ?? []) as Iterable<string>)],
  settled: new Map(
    Object.entries(row).flatMap(([name, packed]) =>
      name.startsWith(SETTLED)
        ? [[name.slice(SETTLED.length), spansOf(JSON.parse(String(packed)) as number[])] as const]
        : [],
    ),
  ),
});
