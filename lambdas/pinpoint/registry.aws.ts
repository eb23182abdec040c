import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  type QueryCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { unlessRefused } from '../shared/dynamodb.aws.ts';
import type { Due, ListOptions, Page, Registry, RegistryKey, Stored } from './ports.ts';

/** An item of the table: the row itself lies in one attribute, so that no row's field can meet a key's name. */
interface Item extends RegistryKey {
  readonly row: unknown;
  readonly revision: number;
}

function stored<Row>(item: Item): Stored<Row>;
function stored<Row>(item: Item | undefined): Stored<Row> | undefined;
function stored<Row>(item: Item | undefined): Stored<Row> | undefined {
  return item && { key: { pk: item.pk, sk: item.sk }, row: item.row as Row, revision: item.revision };
}

/** The registry on one DynamoDB table with the string keys `pk`, `sk` and the sparse index `due` (`dueShard`, `dueAt`). */
export function dynamoRegistry(tableName: string, client: DynamoDBDocumentClient): Registry {
  const put = async <Row>(key: RegistryKey, row: Row, due: Due | undefined, before: number) => {
    const item = { ...key, ...due, row, revision: before + 1 };
    const condition =
      before === 0
        ? { ConditionExpression: 'attribute_not_exists(pk)' }
        : {
            ConditionExpression: 'revision = :before',
            ExpressionAttributeValues: { ':before': before },
          };
    const done = await unlessRefused(
      client.send(new PutCommand({ TableName: tableName, Item: item, ...condition })),
    );
    return done && { key, row, revision: item.revision };
  };
  const queried = async (input: Omit<QueryCommandInput, 'TableName'>) => {
    const answer = await client.send(new QueryCommand({ TableName: tableName, ...input }));
    return { items: (answer.Items ?? []) as Item[], last: answer.LastEvaluatedKey };
  };
  return {
    get: async <Row>(key: RegistryKey) => {
      const answer = await client.send(
        new GetCommand({ TableName: tableName, Key: key, ConsistentRead: true }),
      );
      return stored<Row>(answer.Item as Item | undefined);
    },
    create: (key, row, due) => put(key, row, due, 0),
    replace: ({ key, revision }, row, due) => put(key, row, due, revision),
    remove: async <Row>(key: RegistryKey) => {
      const answer = await client.send(
        new DeleteCommand({ TableName: tableName, Key: key, ReturnValues: 'ALL_OLD' }),
      );
      return stored<Row>(answer.Attributes as Item | undefined);
    },
    list: (pk, prefix, options) => listed(queried, pk, prefix, options),
    due: async <Row>(shard: string, now: number, limit: number) => {
      const rows: Stored<Row>[] = [];
      let from: Record<string, unknown> | undefined;
      // A page ends at 1 MB, which few campaigns may fill.
      do {
        const { items, last } = await queried({
          IndexName: 'due',
          KeyConditionExpression: 'dueShard = :shard AND dueAt <= :now',
          ExpressionAttributeValues: { ':shard': shard, ':now': new Date(now).toISOString() },
          Limit: limit - rows.length,
          ...(from === undefined ? {} : { ExclusiveStartKey: from }),
        });
        rows.push(...items.map((item) => stored<Row>(item)));
        from = last;
      } while (from !== undefined && rows.length < limit);
      return rows;
    },
  };
}

type Queried = (
  input: Omit<QueryCommandInput, 'TableName'>,
) => Promise<{ items: Item[]; last: Record<string, unknown> | undefined }>;

async function listed<Row>(
  queried: Queried,
  pk: string,
  prefix: string,
  { limit, after, descending = false }: ListOptions = {},
): Promise<Page<Row>> {
  const rows: Stored<Row>[] = [];
  let from = after;
  do {
    const { items, last } = await queried({
      ...rowsWith(pk, prefix),
      ConsistentRead: true,
      ScanIndexForward: !descending,
      ...(limit === undefined ? {} : { Limit: limit - rows.length }),
      ...(from === undefined ? {} : { ExclusiveStartKey: { pk, sk: from } }),
    });
    rows.push(...items.map((item) => stored<Row>(item)));
    from = last?.['sk'] as string | undefined;
  } while (from !== undefined && (limit === undefined || rows.length < limit));
  return from === undefined ? { rows } : { rows, after: from };
}

/** DynamoDB takes no empty text for a key, not even as a prefix. */
const rowsWith = (pk: string, prefix: string) =>
  prefix === ''
    ? { KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': pk } }
    : {
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
        ExpressionAttributeValues: { ':pk': pk, ':prefix': prefix },
      };
