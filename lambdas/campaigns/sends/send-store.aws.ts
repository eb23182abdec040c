import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import {
  GetCommand,
  PutCommand,
  type PutCommandInput,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { documentClient } from '../../shared/dynamodb.aws.ts';
import type { DueRow, DueStore, SendStore, StoredSend } from '../ports.ts';
import { shardOf } from './due.ts';
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

/** Sends in the table `campaigns` beside their campaign: `pk` = `campaign#<id>`, `sk` = `send#<sendId>`. */
export function dynamoSends(TableName: string, client = documentClient()): SendStore {
  const put = async (row: Row, condition: Partial<PutCommandInput>): Promise<StoredSend | undefined> => {
    try {
      await client.send(new PutCommand({ TableName, Item: row, ...condition }));
      return storedOf(row);
    } catch (cause) {
      if (cause instanceof ConditionalCheckFailedException) return undefined;
      throw cause;
    }
  };
  return {
    create: (send) => put(rowOf(send, 1), { ConditionExpression: 'attribute_not_exists(pk)' }),
    async get(campaignId, sendId) {
      const { Item } = await client.send(
        new GetCommand({ TableName, Key: keyOf(campaignId, sendId), ConsistentRead: true }),
      );
      return Item ? storedOf(Item as Row) : undefined;
    },
    async list(campaignId) {
      const { Items = [] } = await client.send(
        new QueryCommand({
          TableName,
          KeyConditionExpression: 'pk = :pk AND begins_with(sk, :send)',
          ExpressionAttributeValues: { ':pk': `campaign#${campaignId}`, ':send': SEND },
          ConsistentRead: true,
        }),
      );
      return Items.map((row) => storedOf(row as Row).send);
    },
    replace: ({ revision }, next) =>
      put(rowOf(next, revision + 1), {
        ConditionExpression: 'revision = :revision',
        ExpressionAttributeValues: { ':revision': revision },
      }),
  };
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
      try {
        const { Attributes } = await client.send(
          new UpdateCommand({
            TableName,
            Key,
            UpdateExpression: 'SET dueAt = :until',
            ConditionExpression: 'dueAt = :seen',
            ExpressionAttributeValues: { ':until': new Date(until).toISOString(), ':seen': dueAt },
            ReturnValues: 'ALL_NEW',
          }),
        );
        const revision = Attributes?.['revision'] as number | undefined;
        return revision === undefined ? {} : { revision };
      } catch (cause) {
        if (cause instanceof ConditionalCheckFailedException) return false;
        throw cause;
      }
    },
  };
}

function dueRow(pk: string, sk: string, dueAt: string): DueRow {
  const campaignId = pk.slice('campaign#'.length);
  return sk.startsWith(SEND) ? { campaignId, sendId: sk.slice(SEND.length), dueAt } : { campaignId, dueAt };
}
