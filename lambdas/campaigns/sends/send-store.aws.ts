import {
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  type PutCommandInput,
  QueryCommand,
  type QueryCommandInput,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { documentClient, unlessRefused } from '../../shared/dynamodb.aws.ts';
import { shardOf } from './due.ts';
import type { DueRow, DueStore, SendStore, StoredSend } from './ports.ts';
import type { Send } from './send.ts';

const SEND = 'send#';

interface Row {
  readonly pk: string;
  readonly sk: string;
  readonly revision: number;
  readonly send: Omit<Send, 'dueAt'>;
  readonly dueShard?: string;
  readonly dueAt?: string;
}

const keyOf = (campaignId: string, sendId: string) => ({
  pk: `campaign#${campaignId}`,
  sk: `${SEND}${sendId}`,
});

/** The moment is the row's own attribute, so that the index holds it and a claim can move it alone. */
function rowOf({ dueAt, ...send }: Send, revision: number): Row {
  const due = dueAt === undefined ? {} : { dueShard: shardOf(send.campaignId), dueAt };
  return { ...keyOf(send.campaignId, send.id), revision, send, ...due };
}

const storedOf = ({ revision, send, dueAt }: Row): StoredSend => ({
  revision,
  send: dueAt === undefined ? send : { ...send, dueAt },
});

/** Sends in the table `campaigns` beside their campaign: `pk` = `campaign#<id>`, `sk` = `send#<sendId>`; ids sort by time. */
export function dynamoSends(TableName: string, client = documentClient()): SendStore {
  const put = async (row: Row, condition: Partial<PutCommandInput>): Promise<StoredSend | undefined> => {
    const written = await unlessRefused(client.send(new PutCommand({ TableName, Item: row, ...condition })));
    return written && storedOf(row);
  };
  return {
    create: (send) => put(rowOf(send, 1), { ConditionExpression: 'attribute_not_exists(pk)' }),
    async get(campaignId, sendId) {
      const Key = keyOf(campaignId, sendId);
      const { Item } = await client.send(new GetCommand({ TableName, Key, ConsistentRead: true }));
      return Item ? storedOf(Item as Row) : undefined;
    },
    list: (campaignId) => sendsOf(client, { TableName, ...ofCampaign(campaignId) }),
    latest: (campaignId, Limit) =>
      sendsOf(client, { TableName, ...ofCampaign(campaignId), ScanIndexForward: false }, Limit),
    replace: ({ revision }, next) =>
      put(rowOf(next, revision + 1), {
        ConditionExpression: 'revision = :revision',
        ExpressionAttributeValues: { ':revision': revision },
      }),
  };
}

const ofCampaign = (campaignId: string) => ({
  KeyConditionExpression: 'pk = :pk AND begins_with(sk, :send)',
  ExpressionAttributeValues: { ':pk': `campaign#${campaignId}`, ':send': SEND },
  ConsistentRead: true,
});

/** A page is a megabyte; a daily campaign has more sends than that in a year. */
async function sendsOf(
  client: DynamoDBDocumentClient,
  query: QueryCommandInput,
  most = Number.POSITIVE_INFINITY,
): Promise<Send[]> {
  const found: Send[] = [];
  let from: QueryCommandInput['ExclusiveStartKey'];
  do {
    const Limit = Number.isFinite(most) ? { Limit: most - found.length } : {};
    const { Items = [], LastEvaluatedKey } = await client.send(
      new QueryCommand({ ...query, ...Limit, ...(from ? { ExclusiveStartKey: from } : {}) }),
    );
    found.push(...Items.map((row) => storedOf(row as Row).send));
    from = LastEvaluatedKey;
  } while (from && found.length < most);
  return found;
}

/** The sparse index `due` of the table `campaigns`: campaigns to open and sends to look at. */
export function dynamoDue(TableName: string, client = documentClient()): DueStore {
  return {
    async due(shard, now, limit) {
      const { Items = [] } = await client.send(
        new QueryCommand({
          TableName,
          IndexName: 'due',
          KeyConditionExpression: 'dueShard = :shard AND dueAt <= :now',
          ExpressionAttributeValues: { ':shard': shard, ':now': new Date(now).toISOString() },
          Limit: limit,
        }),
      );
      return Items.map(({ pk, sk, dueAt }) => dueRow(String(pk), String(sk), String(dueAt)));
    },
    async claim({ campaignId, sendId, dueAt }, until) {
      const Key =
        sendId === undefined ? { pk: `campaign#${campaignId}`, sk: 'campaign' } : keyOf(campaignId, sendId);
      const claimed = await unlessRefused(
        client.send(
          new UpdateCommand({
            TableName,
            Key,
            UpdateExpression: 'SET dueAt = :until',
            ConditionExpression: 'dueAt = :seen',
            ExpressionAttributeValues: { ':until': new Date(until).toISOString(), ':seen': dueAt },
            ReturnValues: 'ALL_NEW',
          }),
        ),
      );
      if (!claimed) return false;
      const revision = claimed.Attributes?.['revision'] as number | undefined;
      return revision === undefined ? {} : { revision };
    },
  };
}

function dueRow(pk: string, sk: string, dueAt: string): DueRow {
  const campaignId = pk.slice('campaign#'.length);
  return sk.startsWith(SEND) ? { campaignId, sendId: sk.slice(SEND.length), dueAt } : { campaignId, dueAt };
}
