import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  paginateQuery,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { type Write, writeItems } from '../../shared/batches.aws.ts';
import { documentClient, unlessRefused } from '../../shared/dynamodb.aws.ts';
import { inParallel } from '../../shared/parallel.ts';
import { expiresAt, type List, shardsOf } from './list.ts';
import type { Lists, StoredList } from './ports.ts';
import { placed, shardOf } from './shards.ts';

/** All lists lie under one key; who is on one, under its own. */
const LISTS = 'lists';
const keyOf = (id: string) => ({ pk: LISTS, sk: id });
const shardKey = (id: string, shard: number) => ({
  pk: `list#${id}`,
  sk: `shard#${String(shard).padStart(5, '0')}`,
});
const CALLS_IN_FLIGHT = 4;

/**
 * Lists in the table `segments`: `pk` = `lists`, `sk` = id. Who is on one: `pk` = `list#<id>`, `sk` = `shard#<5 digits>`, each a set of userIds,
 * so that somebody is taken off by one write that no other can undo.
 */
export function dynamoLists(TableName: string, client: DynamoDBDocumentClient = documentClient()): Lists {
  const put = (list: List, revision: number, condition: object) =>
    unlessRefused(
      client.send(
        new PutCommand({
          TableName,
          Item: { ...keyOf(list.id), list, revision, expiresAt: expiresAt(list) },
          ...condition,
        }),
      ),
    );
  return {
    async find(id) {
      const { Item } = await client.send(new GetCommand({ TableName, Key: keyOf(id), ConsistentRead: true }));
      return Item as StoredList | undefined;
    },
    async create(list) {
      const written = await put(list, 1, { ConditionExpression: 'attribute_not_exists(pk)' });
      return written && { list, revision: 1 };
    },
    async replace({ revision }, next) {
      const written = await put(next, revision + 1, {
        ConditionExpression: 'revision = :revision',
        ExpressionAttributeValues: { ':revision': revision },
      });
      return written && { list: next, revision: revision + 1 };
    },
    async all() {
      const found: StoredList[] = [];
      for await (const page of pages(client, TableName, LISTS))
        found.push(...(page as unknown as StoredList[]));
      return found;
    },
    async writeIds(list, userIds) {
      const writes = [...placed(userIds, shardsOf(list))].map(
        ([shard, ids]): Write =>
          ids.length === 0
            ? { DeleteRequest: { Key: shardKey(list.id, shard) } }
            : { PutRequest: { Item: { ...shardKey(list.id, shard), ids: new Set(ids) } } },
      );
      await writeItems(client, TableName, writes);
    },
    async *ids(id) {
      for await (const page of pages(client, TableName, `list#${id}`))
        yield page.flatMap(({ ids }) => [...((ids as Set<string> | undefined) ?? [])]);
    },
    having: (list, userIds) => having(client, TableName, list, userIds),
    takeOff: (list, userId) => takeOff(client, TableName, list, userId),
    async remove(list) {
      const shards = Array.from({ length: shardsOf(list) }, (_, shard) => shardKey(list.id, shard));
      await writeItems(
        client,
        TableName,
        shards.map((Key): Write => ({ DeleteRequest: { Key } })),
      );
      await client.send(new DeleteCommand({ TableName, Key: keyOf(list.id) }));
    },
  };
}

async function* pages(client: DynamoDBDocumentClient, TableName: string, pk: string) {
  const query = {
    TableName,
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': pk },
    ConsistentRead: true,
  };
  for await (const { Items = [] } of paginateQuery({ client }, query))
    yield Items as Record<string, unknown>[];
}

async function having(
  client: DynamoDBDocumentClient,
  TableName: string,
  list: List,
  userIds: readonly string[],
): Promise<string[]> {
  const shards = [...new Set(userIds.map((userId) => shardOf(userId, shardsOf(list))))];
  const found = await inParallel(shards, CALLS_IN_FLIGHT, async (shard) => {
    const { Item } = await client.send(
      new GetCommand({ TableName, Key: shardKey(list.id, shard), ConsistentRead: true }),
    );
    return (Item?.['ids'] as Set<string> | undefined) ?? new Set<string>();
  });
  return userIds.filter((userId) => found.some((ids) => ids.has(userId)));
}

async function takeOff(
  client: DynamoDBDocumentClient,
  TableName: string,
  list: List,
  userId: string,
): Promise<void> {
  const taken = await unlessRefused(
    client.send(
      new UpdateCommand({
        TableName,
        Key: shardKey(list.id, shardOf(userId, shardsOf(list))),
        UpdateExpression: 'DELETE ids :ids',
        ConditionExpression: 'contains(ids, :id)',
        ExpressionAttributeValues: { ':ids': new Set([userId]), ':id': userId },
      }),
    ),
  );
  if (taken === undefined) return;
  await unlessRefused(
    client.send(
      new UpdateCommand({
        TableName,
        Key: keyOf(list.id),
        UpdateExpression:
          'SET #list.#counts.#members = #list.#counts.#members - :one, revision = revision + :one',
        ConditionExpression: 'attribute_exists(#list.#counts)',
        ExpressionAttributeNames: { '#list': 'list', '#counts': 'counts', '#members': 'members' },
        ExpressionAttributeValues: { ':one': 1 },
      }),
    ),
  );
}
