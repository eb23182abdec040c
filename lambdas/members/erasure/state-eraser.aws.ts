import { DeleteCommand, type DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { unlessRefused } from '../../shared/dynamodb.aws.ts';
import { RepointError } from '../../shared/errors.ts';
import { MOST_MEMBERS } from '../state/joined-browsers.ts';
import { browserStateOf, packedBrowserState } from '../state/packed.ts';
import { stateKey } from '../state/state-key.ts';
import { dynamoStates, FULL, settledName } from '../state/state-store.aws.ts';
import type { StateEraser } from './ports.ts';

/** The browser's own consumer may write between reading and writing. */
const ATTEMPTS = 8;

/** Rows of the table `member-state`, for those who take a person out of them. */
export function dynamoStateEraser(table: string, client: DynamoDBDocumentClient): StateEraser {
  const get = async (pk: string) =>
    (await client.send(new GetCommand({ TableName: table, Key: { pk }, ConsistentRead: true }))).Item;
  const remove = (pk: string, condition?: string, values?: Record<string, unknown>) =>
    unlessRefused(
      client.send(
        new DeleteCommand({
          TableName: table,
          Key: { pk },
          ...(condition === undefined ? {} : { ConditionExpression: condition }),
          ...(values === undefined
            ? {}
            : { ExpressionAttributeNames: { '#state': 'state' }, ExpressionAttributeValues: values }),
        }),
      ),
    );
  const replace = (pk: string, before: string, after: string) =>
    unlessRefused(
      client.send(
        new UpdateCommand({
          TableName: table,
          Key: { pk },
          UpdateExpression: 'SET #state = :after',
          ConditionExpression: '#state = :before',
          ExpressionAttributeNames: { '#state': 'state' },
          ExpressionAttributeValues: { ':before': before, ':after': after },
        }),
      ),
    );
  return {
    read: dynamoStates(table, client).read,
    async settledBrowsers(userId) {
      const row = await get(stateKey.ofSettled(userId));
      return [...((row?.['anonymousIds'] ?? []) as Iterable<string>)];
    },
    async change(anonymousId, change) {
      const pk = stateKey.ofAnonymous(anonymousId);
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        const row = await get(pk);
        if (row === undefined) return;
        const before = String(row['state']);
        const after = change(browserStateOf(before));
        const text = after && packedBrowserState(after);
        if (text === before) return;
        const done =
          text === undefined
            ? await remove(pk, '#state = :before', { ':before': before })
            : await replace(pk, before, text);
        if (done !== undefined) return;
      }
      throw new RepointError('unavailable', 'A browser’s state is written all the time; try again');
    },
    async leave(anonymousId, userId) {
      const pk = stateKey.ofNamings(anonymousId);
      // Those who were turned away are not known: without this the others would be given what they did.
      await unlessRefused(
        client.send(
          new UpdateCommand({
            TableName: table,
            Key: { pk },
            UpdateExpression: 'SET #full = :true',
            ConditionExpression: 'size(userIds) >= :most',
            ExpressionAttributeNames: { '#full': FULL },
            ExpressionAttributeValues: { ':true': true, ':most': MOST_MEMBERS },
          }),
        ),
      );
      await unlessRefused(
        client.send(
          new UpdateCommand({
            TableName: table,
            Key: { pk },
            UpdateExpression: 'REMOVE #settled DELETE userIds :me',
            ConditionExpression: 'attribute_exists(pk)',
            ExpressionAttributeNames: { '#settled': settledName(userId) },
            ExpressionAttributeValues: { ':me': new Set([userId]) },
          }),
        ),
      );
      // The last of a set takes the set with it.
      await remove(pk, 'attribute_not_exists(userIds) AND attribute_not_exists(isFull)');
    },
    async removeState(userId) {
      await remove(stateKey.ofUser(userId));
      await remove(stateKey.ofSettled(userId));
    },
  };
}
