import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import type { ErasedPerson } from '../../events/index.ts';
import { documentClient, unlessRefused } from '../../shared/dynamodb.aws.ts';
import { type ClosedErasure, erasedPerson, type OpenErasure } from './erasure.ts';
import type { ErasureStore } from './ports.ts';

/**
 * Erasures in a table of their own. Who is to be erased stands under `pk` = `open`, `sk` = userId, until it is done. By its id
 * an erasure stands under `erasure#<id>`: while it is open whose it is, and when it is done what is told of it.
 */
const OPEN = 'open';
const jobKey = (id: string) => ({ pk: `erasure#${id}`, sk: 'erasure' });
const openKey = (userId: string) => ({ pk: OPEN, sk: userId });

/** Attributes of an open row beside its keys; the steps' moments stand beside each other, so that two workers never overwrite each other's. */
type OpenRow = Record<string, unknown>;
const STEP = 'done_';

/** A step, or a finding, is of the request it was begun for. */
const SAME = {
  ConditionExpression: 'id = :id AND requestedAt = :requestedAt',
  values: ({ id, requestedAt }: OpenErasure) => ({ ':id': id, ':requestedAt': requestedAt }),
};

export function dynamoErasures(
  table: string,
  client: DynamoDBDocumentClient = documentClient(),
): ErasureStore {
  const get = async (Key: { pk: string; sk: string }): Promise<OpenRow | undefined> =>
    (await client.send(new GetCommand({ TableName: table, Key, ConsistentRead: true }))).Item;
  const update = async (
    erasure: OpenErasure,
    changes: Readonly<Record<string, unknown>>,
    endpoints: readonly string[] = [],
  ): Promise<boolean> => {
    const names = Object.keys(changes);
    const set = names.map((_, at) => `#n${at} = :v${at}`).join(', ');
    const expressions = [
      ...(set === '' ? [] : [`SET ${set}`]),
      // A set of texts: the worker and the nightly look may both add to it.
      ...(endpoints.length === 0 ? [] : ['ADD endpoints :endpoints']),
    ];
    if (expressions.length === 0) return true;
    const written = await unlessRefused(
      client.send(
        new UpdateCommand({
          TableName: table,
          Key: openKey(erasure.userId),
          UpdateExpression: expressions.join(' '),
          ConditionExpression: SAME.ConditionExpression,
          ...(set === ''
            ? {}
            : { ExpressionAttributeNames: Object.fromEntries(names.map((name, at) => [`#n${at}`, name])) }),
          ExpressionAttributeValues: {
            ...SAME.values(erasure),
            ...(endpoints.length === 0 ? {} : { ':endpoints': new Set(endpoints) }),
            ...Object.fromEntries(names.map((name, at) => [`:v${at}`, changes[name]])),
          },
        }),
      ),
    );
    return written !== undefined;
  };
  return {
    async open({ id, userId, requestedAt }) {
      const row = { ...openKey(userId), id, requestedAt };
      await unlessRefused(
        client.send(
          new PutCommand({ TableName: table, Item: row, ConditionExpression: 'attribute_not_exists(pk)' }),
        ),
      );
      const stored = openOf((await get(openKey(userId))) ?? row);
      // A row that is there is left: it may be that of an erasure which is done at this moment.
      await unlessRefused(
        client.send(
          new PutCommand({
            TableName: table,
            Item: { ...jobKey(stored.id), userId },
            ConditionExpression: 'attribute_not_exists(pk)',
          }),
        ),
      );
      return stored;
    },
    async renew(erasure, requestedAt) {
      const { id, userId, turns, endpoints, key } = erasure;
      // With the same key: what was masked before is called by the same names as what will be.
      const row = {
        ...openKey(userId),
        ...{ id, requestedAt, turns },
        ...(key === undefined ? {} : { key }),
        ...(endpoints.length === 0 ? {} : { endpoints: new Set(endpoints) }),
      };
      const renewed = await unlessRefused(
        client.send(
          new PutCommand({
            TableName: table,
            Item: row,
            ConditionExpression: SAME.ConditionExpression,
            ExpressionAttributeValues: SAME.values(erasure),
          }),
        ),
      );
      if (renewed === undefined) return false;
      await client.send(new PutCommand({ TableName: table, Item: { ...jobKey(id), userId } }));
      return true;
    },
    async find(id) {
      const job = await get(jobKey(id));
      if (job === undefined) return undefined;
      const { pk: _pk, sk: _sk, userId, ...closed } = job;
      if (typeof userId !== 'string') return closed as unknown as ClosedErasure;
      const row = await get(openKey(userId));
      return row === undefined || row['id'] !== id ? undefined : openOf(row);
    },
    async allOpen() {
      const open: OpenErasure[] = [];
      let ExclusiveStartKey: Record<string, unknown> | undefined;
      do {
        const page = await client.send(
          new QueryCommand({
            TableName: table,
            KeyConditionExpression: 'pk = :open',
            ExpressionAttributeValues: { ':open': OPEN },
            ConsistentRead: true,
            ...(ExclusiveStartKey ? { ExclusiveStartKey } : {}),
          }),
        );
        open.push(...(page.Items ?? []).map(openOf));
        ExclusiveStartKey = page.LastEvaluatedKey;
      } while (ExclusiveStartKey);
      return open.sort((a, b) => (a.requestedAt < b.requestedAt ? -1 : 1));
    },
    did: (erasure, step, at) => update(erasure, { [`${STEP}${step}`]: at }),
    found: (erasure, { endpoints, ...finding }) => update(erasure, finding, endpoints),
    async keyed(erasure, key) {
      await unlessRefused(
        client.send(
          new UpdateCommand({
            TableName: table,
            Key: openKey(erasure.userId),
            UpdateExpression: 'SET #key = :key',
            ConditionExpression: `${SAME.ConditionExpression} AND attribute_not_exists(#key)`,
            ExpressionAttributeNames: { '#key': 'key' },
            ExpressionAttributeValues: { ...SAME.values(erasure), ':key': key },
          }),
        ),
      );
    },
    async close(erasure, closed) {
      // The name goes with the first write; cut short before the second, the next night closes it once more.
      await client.send(new PutCommand({ TableName: table, Item: { ...jobKey(erasure.id), ...closed } }));
      const gone = await unlessRefused(
        client.send(
          new DeleteCommand({
            TableName: table,
            Key: openKey(erasure.userId),
            ConditionExpression: SAME.ConditionExpression,
            ExpressionAttributeValues: SAME.values(erasure),
          }),
        ),
      );
      if (gone !== undefined) return true;
      const { id, userId } = erasure;
      if ((await get(openKey(userId)))?.['id'] === id)
        await client.send(new PutCommand({ TableName: table, Item: { ...jobKey(id), userId } }));
      return false;
    },
  };
}

function openOf({ pk: _pk, sk, id, requestedAt, turns, lookedAt, left, ...more }: OpenRow): OpenErasure {
  const { endpoints, key, ...rest } = more;
  const done = Object.entries(rest).flatMap(([name, at]) =>
    name.startsWith(STEP) ? [[name.slice(STEP.length), at]] : [],
  );
  return {
    id: String(id),
    userId: String(sk),
    requestedAt: String(requestedAt),
    done: Object.fromEntries(done) as OpenErasure['done'],
    turns: (turns ?? []) as OpenErasure['turns'],
    endpoints: [...((endpoints ?? []) as Iterable<string>)],
    ...(key === undefined ? {} : { key: String(key) }),
    ...(lookedAt === undefined ? {} : { lookedAt: String(lookedAt) }),
    ...(left === undefined ? {} : { left: Number(left) }),
  };
}

/** People who are to be erased, for those who read events; and for those who read members, whether a row that is still there is the old one. */
export const dynamoErasedPeople = (
  table: string,
  client?: DynamoDBDocumentClient,
): {
  erased(): Promise<ErasedPerson[]>;
  asked(): Promise<{ readonly userId: string; readonly hasRow: boolean }[]>;
} => {
  const erasures = dynamoErasures(table, client);
  return {
    erased: async () => (await erasures.allOpen()).map(erasedPerson),
    asked: async () =>
      (await erasures.allOpen()).map(({ userId, done }) => ({ userId, hasRow: done.member === undefined })),
  };
};
