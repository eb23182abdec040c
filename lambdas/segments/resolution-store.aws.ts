import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import {
  GetCommand,
  PutCommand,
  QueryCommand,
  type QueryCommandInput,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { documentClient } from '../shared/dynamodb.aws.ts';
import type { ResolutionStore, StoredResolution } from './ports.ts';
import { PREVIEWS, type Resolution } from './resolution.ts';
import type { PlainRule } from './rule/plain.ts';

const DAY_SECONDS = 24 * 60 * 60;
/** How long a resolution is remembered: a segment's size is compared with the same season of two years before. Its list is gone long before. */
const KEEP_SECONDS = 800 * DAY_SECONDS;
/** Of a preview nobody asks again. */
const KEEP_PREVIEW_SECONDS = 2 * DAY_SECONDS;
/** Nobody repeats a question for longer: a send has begun or was missed by then. */
const KEEP_ANSWER_SECONDS = 7 * DAY_SECONDS;

interface Row {
  readonly pk: string;
  readonly sk: string;
  readonly revision: number;
  /** DynamoDB nests 32 deep, rules deeper: a rule is kept as its JSON. */
  readonly resolution: Omit<Resolution, 'rule'> & { readonly rule?: string };
  readonly expiresAt: number;
}

const keyOf = (segment: string, id: string) => ({ pk: `segment#${segment}`, sk: `resolution#${id}` });

const rowOf = ({ rule, ...resolution }: Resolution, revision: number): Row => ({
  ...keyOf(resolution.segment, resolution.id),
  revision,
  resolution: rule === undefined ? resolution : { ...resolution, rule: JSON.stringify(rule) },
  expiresAt:
    Math.floor(Date.parse(resolution.requestedAt) / 1000) +
    (resolution.segment === PREVIEWS ? KEEP_PREVIEW_SECONDS : KEEP_SECONDS),
});

const answerKeyOf = (segment: string, asker: string) => ({
  pk: `segment#${segment}`,
  sk: `answer#${asker}`,
});

function resolutionOf({ resolution: { rule, ...resolution } }: Row): Resolution {
  return rule === undefined ? resolution : { ...resolution, rule: JSON.parse(rule) as PlainRule };
}

const stored = (row: Row): StoredResolution => ({ resolution: resolutionOf(row), revision: row.revision });

/** Ids sort by minutes; within one, version 10 would come before version 9. */
const newestFirst = (resolutions: readonly Resolution[]): Resolution[] =>
  resolutions.toSorted((a, b) => Date.parse(b.requestedAt) - Date.parse(a.requestedAt));

/** Resolutions in the table `segments`: `pk` = `segment#<name>`, `sk` = `resolution#<id>`; ids sort by time. */
export function dynamoResolutions(TableName: string, client = documentClient()): ResolutionStore {
  const put = async (
    row: Row,
    condition: Partial<ConstructorParameters<typeof PutCommand>[0]>,
  ): Promise<StoredResolution | undefined> => {
    try {
      await client.send(new PutCommand({ TableName, Item: row, ...condition }));
      return stored(row);
    } catch (cause) {
      if (cause instanceof ConditionalCheckFailedException) return undefined;
      throw cause;
    }
  };
  /** The first `limit`, however many of them DynamoDB gives at once: it ends a page at a megabyte. */
  const queried = async (
    limit: number,
    query: Omit<QueryCommandInput, 'TableName'>,
  ): Promise<Resolution[]> => {
    const found: Resolution[] = [];
    let from: QueryCommandInput['ExclusiveStartKey'];
    do {
      const { Items = [], LastEvaluatedKey } = await client.send(
        new QueryCommand({
          TableName,
          Limit: limit - found.length,
          ...query,
          ...(from === undefined ? {} : { ExclusiveStartKey: from }),
        }),
      );
      found.push(...Items.map((row) => resolutionOf(row as Row)));
      from = LastEvaluatedKey;
    } while (from !== undefined && found.length < limit);
    return found;
  };
  return {
    async get(segment, id) {
      const { Item } = await client.send(
        new GetCommand({ TableName, Key: keyOf(segment, id), ConsistentRead: true }),
      );
      return Item ? stored(Item as Row) : undefined;
    },
    create: (resolution) => put(rowOf(resolution, 1), { ConditionExpression: 'attribute_not_exists(pk)' }),
    replace: ({ revision }, next) =>
      put(rowOf(next, revision + 1), {
        ConditionExpression: 'revision = :revision',
        ExpressionAttributeValues: { ':revision': revision },
      }),
    async latest(segment, limit) {
      const found = await queried(limit, {
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :resolution)',
        ExpressionAttributeValues: { ':pk': `segment#${segment}`, ':resolution': 'resolution#' },
        ScanIndexForward: false,
      });
      return newestFirst(found);
    },
    between: (segment, { from, to }, { limit, after }) =>
      queried(limit, {
        KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
        ExpressionAttributeValues: {
          ':pk': `segment#${segment}`,
          ':from': `resolution#${from}`,
          // Ids of the last minute begin with it.
          ':to': `resolution#${to}~`,
        },
        ...(after === undefined ? {} : { ExclusiveStartKey: keyOf(segment, after) }),
      }),
    async answerTo(segment, asker) {
      const { Item } = await client.send(
        new GetCommand({ TableName, Key: answerKeyOf(segment, asker), ConsistentRead: true }),
      );
      return Item?.['answer'] as string | undefined;
    },
    async rememberAnswer(segment, asker, id, now) {
      const { Attributes } = await client.send(
        new UpdateCommand({
          TableName,
          Key: answerKeyOf(segment, asker),
          UpdateExpression: 'SET answer = if_not_exists(answer, :id), expiresAt = :expiresAt',
          ExpressionAttributeValues: {
            ':id': id,
            ':expiresAt': Math.floor(now / 1000) + KEEP_ANSWER_SECONDS,
          },
          ReturnValues: 'ALL_NEW',
        }),
      );
      return String(Attributes?.['answer'] ?? id);
    },
  };
}
