import { QueryCommand as PlainQueryCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, QueryCommand, type QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import { documentClient, plainClientOf, unlessRefused } from '../../shared/dynamodb.aws.ts';
import { IS_NEW, plainRows, type RowCondition } from '../../shared/plain-rows.aws.ts';
import { shardOf } from './due.ts';
import type { DueRow, DueStore, SendStore, StoredSend } from './ports.ts';
import type { Send } from './send.ts';

const SEND = 'send#';
/** No ids are longer; longer keys the database would refuse. */
const LONGEST_IDS = 512;

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
  const rows = plainRows(TableName, client);
  const put = async (row: Row, condition: RowCondition): Promise<StoredSend | undefined> =>
    (await rows.put(row, condition)) ? storedOf(row) : undefined;
  return {
    create: (send) => put(rowOf(send, 1), IS_NEW),
    async get(campaignId, sendId) {
      if (campaignId.length + sendId.length > LONGEST_IDS) return undefined;
      const row = await rows.get(keyOf(campaignId, sendId));
      return row && storedOf(row as unknown as Row);
    },
    list: (campaignId) => sendsOf(client, { TableName, ...ofCampaign(campaignId) }),
    latest: (campaignId, Limit) =>
      sendsOf(client, { TableName, ...ofCampaign(campaignId), ScanIndexForward: false }, Limit),
    replace: ({ revision }, next) =>
      put(rowOf(next, revision + 1), { expression: 'revision = :read', values: { ':read': revision } }),
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

/**
 * The sparse index `due` of the table `campaigns`: campaigns to open and sends to look at. Ten thousand may be due in one
 * minute, so that it speaks by the plain client.
 */
export function dynamoDue(TableName: string, document = documentClient()): DueStore {
  const client = plainClientOf(document);
  return {
    async due(shard, now, Limit) {
      const command = new PlainQueryCommand({
        TableName,
        IndexName: 'due',
        KeyConditionExpression: 'dueShard = :shard AND dueAt <= :now',
        ExpressionAttributeValues: { ':shard': { S: shard }, ':now': { S: new Date(now).toISOString() } },
        Limit,
      });
      const { Items = [] } = await client.send(command);
      return Items.map(({ pk, sk, dueAt }) => dueRow(pk?.S ?? '', sk?.S ?? '', dueAt?.S ?? ''));
    },
    async claim({ campaignId, sendId, dueAt }, until) {
      const { pk, sk } =
        sendId === undefined ? { pk: `campaign#${campaignId}`, sk: 'campaign' } : keyOf(campaignId, sendId);
      const command = new UpdateItemCommand({
        TableName,
        Key: { pk: { S: pk }, sk: { S: sk } },
        UpdateExpression: 'SET dueAt = :until',
        ConditionExpression: 'dueAt = :seen',
        ExpressionAttributeValues: { ':until': { S: new Date(until).toISOString() }, ':seen': { S: dueAt } },
        // A campaign's row may be large, and its message carries no revision.
        ReturnValues: sendId === undefined ? 'NONE' : 'ALL_NEW',
      });
      const claimed = await unlessRefused(client.send(command));
      const revision = claimed?.Attributes?.['revision']?.N;
      return claimed !== undefined && (revision === undefined ? {} : { revision: Number(revision) });
    },
  };
}

function dueRow(pk: string, sk: string, dueAt: string): DueRow {
  const campaignId = pk.slice('campaign#'.length);
  return sk.startsWith(SEND) ? { campaignId, sendId: sk.slice(SEND.length), dueAt } : { campaignId, dueAt };
}
