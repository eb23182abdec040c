import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { documentClient } from '../shared/dynamodb.aws.ts';
import { conflict } from '../shared/errors.ts';
import type { SegmentStore } from './ports.ts';
import type { Segment } from './segment.ts';

/** All current definitions lie under one key, sorted by name; replaced versions lie under their segment's own. */
export const CURRENT = 'segments';
const pkOf = (name: string): string => `segment#${name}`;
const versionSk = (version: number): string => `version#${String(version).padStart(8, '0')}`;

/** Definitions in the table `segments`: `pk` = `segments`, `sk` = name; old versions `pk` = `segment#<name>`, `sk` = `version#<8 digits>`. */
export function dynamoSegments(TableName: string, client = documentClient()): SegmentStore {
  const read = async (pk: string, sk: string): Promise<Segment | undefined> => {
    const { Item } = await client.send(
      new GetCommand({ TableName, Key: { pk, sk }, ConsistentRead: true, ...ATTRIBUTES }),
    );
    return Item && segmentOf(Item);
  };
  return {
    find: (name) => read(CURRENT, name),
    async findVersion(name, version) {
      const current = await read(CURRENT, name);
      return current?.version === version ? current : read(pkOf(name), versionSk(version));
    },
    async save(segment, replacing, announcedBy) {
      // The old version is filed before it is replaced: a crash in between files it again, the same.
      if (replacing)
        await put(client, TableName, pkOf(segment.name), versionSk(replacing.version), replacing);
      await replace(client, TableName, segment, replacing, announcedBy);
    },
    async list(limit, after) {
      const page = await names(client, TableName, { Limit: limit, ...ATTRIBUTES }, after);
      return {
        segments: page.Items.map(segmentOf),
        ...(page.after === undefined ? {} : { after: page.after }),
      };
    },
    async names() {
      const all: string[] = [];
      let after: string | undefined;
      do {
        const page = await names(client, TableName, { ProjectionExpression: 'sk' }, after);
        all.push(...page.Items.map(({ sk }) => String(sk)));
        after = page.after;
      } while (after !== undefined);
      return all;
    },
  };
}

/** The segment's own attributes, without keys; `name` and `rule` are aliased because DynamoDB reserves words. */
const ATTRIBUTES = {
  ProjectionExpression: '#name, #description, #rule, #version, #createdAt, #updatedAt',
  ExpressionAttributeNames: {
    '#name': 'name',
    '#description': 'description',
    '#rule': 'rule',
    '#version': 'version',
    '#createdAt': 'createdAt',
    '#updatedAt': 'updatedAt',
  },
};

/** DynamoDB nests 32 deep, rules deeper: a rule is kept as its JSON, as it was written. */
const stored = (segment: Segment) => ({ ...segment, rule: JSON.stringify(segment.rule) });

const segmentOf = (item: Record<string, unknown>): Segment =>
  ({ ...item, rule: JSON.parse(String(item['rule'])) as Segment['rule'] }) as Segment;

const put = (client: DynamoDBDocumentClient, TableName: string, pk: string, sk: string, segment: Segment) =>
  client.send(new PutCommand({ TableName, Item: { pk, sk, ...stored(segment) } }));

async function replace(
  client: DynamoDBDocumentClient,
  TableName: string,
  segment: Segment,
  replacing: Segment | undefined,
  announcedBy: string | undefined,
): Promise<void> {
  const condition = replacing
    ? {
        ConditionExpression: `#version = :version${announcedBy === undefined ? '' : ' AND announced.#by = :by'}`,
        ExpressionAttributeNames: {
          '#version': 'version',
          ...(announcedBy === undefined ? {} : { '#by': 'by' }),
        },
        ExpressionAttributeValues: {
          ':version': replacing.version,
          ...(announcedBy === undefined ? {} : { ':by': announcedBy }),
        },
      }
    : { ConditionExpression: 'attribute_not_exists(pk)' };
  try {
    await client.send(
      new PutCommand({
        TableName,
        Item: { pk: CURRENT, sk: segment.name, ...stored(segment) },
        ...condition,
      }),
    );
  } catch (cause) {
    if (!(cause instanceof ConditionalCheckFailedException)) throw cause;
    throw conflict(`Segment "${segment.name}" was changed by somebody else at the same time; try again`);
  }
}

async function names(
  client: DynamoDBDocumentClient,
  TableName: string,
  options: {
    Limit?: number;
    ProjectionExpression: string;
    ExpressionAttributeNames?: Record<string, string>;
  },
  after: string | undefined,
) {
  const { Items = [], LastEvaluatedKey } = await client.send(
    new QueryCommand({
      TableName,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': CURRENT },
      ...options,
      ...(after === undefined ? {} : { ExclusiveStartKey: { pk: CURRENT, sk: after } }),
    }),
  );
  const next = LastEvaluatedKey?.['sk'] as string | undefined;
  return { Items, ...(next === undefined ? {} : { after: next }) };
}
