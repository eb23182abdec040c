import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import {
  BatchGetCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { documentClient } from '../shared/dynamodb.aws.ts';
import type { Campaign, CampaignState } from './campaign.ts';
import type { CampaignStore } from './ports.ts';
import { shardOf } from './sends/due.ts';

const LIST = 'campaigns';
/** BatchGetItem takes 100 keys. */
const BATCH = 100;

const keyOf = (id: string) => ({ pk: `campaign#${id}`, sk: 'campaign' });
/** A campaign's line in the list: sorted by creation, with the state it is listed under. */
const lineKey = ({ createdAt, id }: Pick<Campaign, 'id' | 'createdAt'>) => ({
  pk: LIST,
  sk: `${createdAt}#${id}`,
});

interface Line {
  readonly sk: string;
  readonly id: string;
  readonly state: CampaignState;
}

/** Campaigns in the table `campaigns`: `pk` = `campaign#<id>`, `sk` = `campaign`; their list `pk` = `campaigns`, `sk` = `<createdAt>#<id>`. */
export function dynamoCampaigns(TableName: string, client = documentClient()): CampaignStore {
  return {
    async create(campaign, openBy) {
      if (await read(client, TableName, campaign.id)) return false;
      // The line comes first: a campaign that exists is always listed; a line without its campaign is passed over.
      const line = { ...lineKey(campaign), id: campaign.id, state: 'scheduled' };
      await client.send(new PutCommand({ TableName, Item: line }));
      const due = { dueShard: shardOf(campaign.id), dueAt: new Date(openBy).toISOString() };
      const row = { ...keyOf(campaign.id), campaign, ...due };
      return settled(
        client.send(
          new PutCommand({ TableName, Item: row, ConditionExpression: 'attribute_not_exists(pk)' }),
        ),
      );
    },
    get: (id) => read(client, TableName, id),
    async opened(id) {
      const UpdateExpression = 'REMOVE dueShard, dueAt';
      await client.send(new UpdateCommand({ TableName, Key: keyOf(id), UpdateExpression }));
    },
    async list(limit, after, state) {
      const found: (Campaign & { state: CampaignState })[] = [];
      let from = after;
      do {
        const page = await lines(client, TableName, limit - found.length, from, state);
        found.push(...(await campaignsOf(client, TableName, page.lines)));
        from = page.after;
      } while (from !== undefined && found.length < limit);
      return { campaigns: found, ...(from === undefined ? {} : { after: from }) };
    },
    async showState(campaign, state) {
      await client.send(
        new UpdateCommand({
          TableName,
          Key: lineKey(campaign),
          UpdateExpression: 'SET #state = :state, id = :id',
          ExpressionAttributeNames: { '#state': 'state' },
          ExpressionAttributeValues: { ':state': state, ':id': campaign.id },
        }),
      );
    },
  };
}

async function read(
  client: DynamoDBDocumentClient,
  TableName: string,
  id: string,
): Promise<Campaign | undefined> {
  const { Item } = await client.send(new GetCommand({ TableName, Key: keyOf(id), ConsistentRead: true }));
  return Item?.['campaign'] as Campaign | undefined;
}

async function lines(
  client: DynamoDBDocumentClient,
  TableName: string,
  Limit: number,
  after: string | undefined,
  state: CampaignState | undefined,
): Promise<{ lines: Line[]; after?: string }> {
  const filter =
    state === undefined
      ? {}
      : { FilterExpression: '#state = :state', ExpressionAttributeNames: { '#state': 'state' } };
  const { Items = [], LastEvaluatedKey } = await client.send(
    new QueryCommand({
      TableName,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': LIST, ...(state === undefined ? {} : { ':state': state }) },
      ...filter,
      ScanIndexForward: false,
      Limit,
      ...(after === undefined ? {} : { ExclusiveStartKey: { pk: LIST, sk: after } }),
    }),
  );
  const next = LastEvaluatedKey?.['sk'] as string | undefined;
  return { lines: Items as Line[], ...(next === undefined ? {} : { after: next }) };
}

async function campaignsOf(client: DynamoDBDocumentClient, TableName: string, page: readonly Line[]) {
  const found = new Map<string, Campaign>();
  let keys = page.map(({ id }) => keyOf(id));
  while (keys.length > 0) {
    const { Responses, UnprocessedKeys } = await client.send(
      new BatchGetCommand({ RequestItems: { [TableName]: { Keys: keys.slice(0, BATCH) } } }),
    );
    for (const row of Responses?.[TableName] ?? []) {
      const campaign = row['campaign'] as Campaign;
      found.set(campaign.id, campaign);
    }
    keys = [...((UnprocessedKeys?.[TableName]?.Keys ?? []) as typeof keys), ...keys.slice(BATCH)];
  }
  return page.flatMap(({ id, sk, state }) => {
    const campaign = found.get(id);
    // A try that crashed may have left a second line of another moment.
    return campaign && lineKey(campaign).sk === sk ? [{ ...campaign, state }] : [];
  });
}

/** False when the write's condition was not met. */
async function settled(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (cause) {
    if (cause instanceof ConditionalCheckFailedException) return false;
    throw cause;
  }
}
