import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { GetCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { documentClient } from '../shared/dynamodb.aws.ts';
import type { ResolutionStore, StoredResolution } from './ports.ts';
import type { Resolution } from './resolution.ts';

/** How long a resolution is remembered, in seconds: long enough to see a segment's size change over a season. */
const KEEP_SECONDS = 100 * 24 * 60 * 60;

interface Row {
  readonly pk: string;
  readonly sk: string;
  readonly revision: number;
  readonly resolution: Resolution;
  readonly expiresAt: number;
}

const keyOf = (segment: string, id: string) => ({ pk: `segment#${segment}`, sk: `resolution#${id}` });

const rowOf = (resolution: Resolution, revision: number): Row => ({
  ...keyOf(resolution.segment, resolution.id),
  revision,
  resolution,
  expiresAt: Math.floor(Date.parse(resolution.requestedAt) / 1000) + KEEP_SECONDS,
});

const stored = ({ resolution, revision }: Row): StoredResolution => ({ resolution, revision });

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
      const { Items = [] } = await client.send(
        new QueryCommand({
          TableName,
          KeyConditionExpression: 'pk = :pk AND begins_with(sk, :resolution)',
          ExpressionAttributeValues: { ':pk': `segment#${segment}`, ':resolution': 'resolution#' },
          ScanIndexForward: false,
          Limit: limit,
        }),
      );
      return Items.map((row) => (row as Row).resolution);
    },
  };
}
