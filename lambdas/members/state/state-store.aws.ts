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

/** As many browsers as a row of the longest ids has room for; of who had more, the lake tells an erasure the rest. */
const MOST_SETTLED = 900;
/** Attribute of a row of namings that was full before somebody was erased. */
export const FULL = 'isFull';
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
            'contains(userIds, :userId) OR (attribute_not_exists(isFull) AND (attribute_not_exists(userIds) OR size(userIds) < :most))',
          ExpressionAttributeValues: { ':me': new Set([userId]), ':userId': userId, ':most': MOST_MEMBERS },
          ReturnValues: 'ALL_NEW',
        }),
      );
      return answer?.Attributes && namingsOf(answer.Attributes);
    },
    async settle(anonymousId, userId, namings) {
      // First for whoever erases the member: afterwards nothing else of them names the browser.
      await unlessRefused(
        update(stateKey.ofSettled(userId), 'ADD anonymousIds :browser', {
          ConditionExpression: 'attribute_not_exists(anonymousIds) OR size(anonymousIds) < :most',
          ExpressionAttributeValues: { ':browser': new Set([anonymousId]), ':most': MOST_SETTLED },
        }),
      );
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

function namingsOf(row: Item): BrowserNamings {
  const userIds = [...((row['userIds'] ?? []) as Iterable<string>)];
  return { userIds, isFull: row[FULL] === true || userIds.length >= MOST_MEMBERS, settled: settledOf(row) };
}

const settledOf = (row: Item): BrowserNamings['settled'] =>
  new Map(
    Object.entries(row).flatMap(([name, packed]) =>
      name.startsWith(SETTLED)
        ? [[name.slice(SETTLED.length), spansOf(JSON.parse(String(packed)) as number[])] as const]
        : [],
    ),
  );
