import { type DynamoDBDocumentClient, QueryCommand, type QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import { documentClient } from '../shared/dynamodb.aws.ts';
import { IS_NEW, plainRows } from '../shared/plain-rows.aws.ts';
import type { Campaign, CampaignLine } from './campaign.ts';
import { lineOf, markOf, searchable } from './line.ts';
import type { CampaignPage, CampaignStore, ListQuery } from './ports.ts';
import { shardOf } from './sends/due.ts';
import { stateOf } from './standing.ts';

/** Rows a search looks at in one query, and the queries it makes for one page: 5,000 campaigns of one state. */
const LOOKED_AT = 1000;
const MAX_LOOKS = 5;

/** No id is longer; a longer key the database would refuse. */
const LONGEST_ID = 128;

const keyOf = (id: string) => ({ pk: `campaign#${id}`, sk: 'campaign' });

interface Row extends Pick<Campaign, 'revision' | 'dueAt'> {
  readonly campaign: Omit<Campaign, 'revision' | 'dueAt'>;
}

/** The list's line lies on the campaign's own row, so that no write can leave it behind. */
function rowOf(campaign: Campaign) {
  const { dueAt, revision, ...kept } = campaign;
  return {
    ...keyOf(campaign.id),
    revision,
    campaign: kept,
    line: lineOf(campaign),
    searchName: searchable(campaign.name),
    listState: stateOf(campaign),
    listedAt: markOf(campaign),
    ...(dueAt === undefined ? {} : { dueShard: shardOf(campaign.id), dueAt }),
  };
}

/**
 * Campaigns in the table `campaigns`: `pk` = `campaign#<id>`, `sk` = `campaign`. Its index `listed` (`listState`,
 * `listedAt` = `<createdAt>#<id>`) holds what lists show.
 */
export function dynamoCampaigns(TableName: string, client = documentClient()): CampaignStore {
  const rows = plainRows(TableName, client);
  return {
    create: (campaign) => rows.put(rowOf(campaign), IS_NEW),
    async get(id) {
      if (id.length > LONGEST_ID) return undefined;
      const row = await rows.get(keyOf(id));
      if (!row) return undefined;
      const { campaign, revision, dueAt } = row as unknown as Row;
      return { ...campaign, revision, ...(dueAt === undefined ? {} : { dueAt }) };
    },
    async replace(next) {
      const written = { ...next, revision: next.revision + 1 };
      const unchanged = { expression: 'revision = :read', values: { ':read': next.revision } };
      return (await rows.put(rowOf(written), unchanged)) ? written : undefined;
    },
    list: (query) =>
      query.q === undefined ? page(client, TableName, query) : search(client, TableName, query),
  };
}

async function page(
  client: DynamoDBDocumentClient,
  TableName: string,
  { state, limit, after, q }: ListQuery,
): Promise<CampaignPage> {
  const bounded = after === undefined ? '' : ' AND listedAt < :after';
  const query: QueryCommandInput = {
    TableName,
    IndexName: 'listed',
    KeyConditionExpression: `listState = :state${bounded}`,
    ...(q === undefined ? {} : { FilterExpression: 'contains(searchName, :q)' }),
    ExpressionAttributeValues: {
      ':state': state,
      ...(after === undefined ? {} : { ':after': after }),
      ...(q === undefined ? {} : { ':q': searchable(q) }),
    },
    ScanIndexForward: false,
    Limit: limit,
  };
  const { Items = [], LastEvaluatedKey } = await client.send(new QueryCommand(query));
  const next = LastEvaluatedKey?.['listedAt'] as string | undefined;
  return {
    lines: Items.map(({ line }) => line as CampaignLine),
    ...(next === undefined ? {} : { after: next }),
  };
}

/** Looks through names until the page is full or enough was read for one request. */
async function search(
  client: DynamoDBDocumentClient,
  TableName: string,
  query: ListQuery,
): Promise<CampaignPage> {
  const lines: CampaignLine[] = [];
  let { after } = query;
  for (let looks = 0; looks < MAX_LOOKS; looks++) {
    const from = after === undefined ? {} : { after };
    const found = await page(client, TableName, { ...query, ...from, limit: LOOKED_AT });
    lines.push(...found.lines);
    after = found.after;
    const last = lines[query.limit - 1];
    if (last && (lines.length > query.limit || after !== undefined))
      return { lines: lines.slice(0, query.limit), after: markOf(last) };
    if (after === undefined) return { lines };
  }
  return { lines, ...(after === undefined ? {} : { after }) };
}
