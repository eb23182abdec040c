import { PutCommand, paginateQuery } from '@aws-sdk/lib-dynamodb';
import { documentClient } from '../shared/dynamodb.aws.ts';
import type { CampaignChange, ChangeStore, Likeness, LikenessStore } from './ports.ts';

const CHANGE = 'change#';
/** In the order of the keys up to the millionth change. */
const keyOf = (campaignId: string, seq: number) => ({
  pk: `campaign#${campaignId}`,
  sk: `${CHANGE}${String(seq).padStart(6, '0')}`,
});

/** Changes in the table `campaigns` beside their campaign: `pk` = `campaign#<id>`, `sk` = `change#<seq>`. */
export function dynamoChanges(TableName: string, client = documentClient()): ChangeStore {
  return {
    async keep(campaignId, change) {
      await client.send(new PutCommand({ TableName, Item: { ...keyOf(campaignId, change.seq), change } }));
    },
    async list(campaignId) {
      const query = {
        TableName,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :change)',
        ExpressionAttributeValues: { ':pk': `campaign#${campaignId}`, ':change': CHANGE },
        ConsistentRead: true,
      };
      const changes: CampaignChange[] = [];
      for await (const { Items = [] } of paginateQuery({ client }, query))
        changes.push(...Items.map(({ change }) => change as CampaignChange));
      return changes;
    },
  };
}

/** A day on both sides of a moment, and what TTL may be late. */
const KEEP_SECONDS = 2 * 24 * 60 * 60;
/** More campaigns than that say the same: the last ones are warned of. */
const MOST_ALIKE = 20;

/** Campaigns that say the same in the table `campaigns`: `pk` = `alike#<print>`, `sk` = `<at>#<campaignId>`; TTL `expiresAt`. */
export function dynamoLikenesses(TableName: string, client = documentClient()): LikenessStore {
  return {
    async alike(print) {
      const query = {
        TableName,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': `alike#${print}` },
        ScanIndexForward: false,
        Limit: MOST_ALIKE,
      };
      for await (const { Items = [] } of paginateQuery({ client }, query))
        return Items.map(({ likeness }) => likeness as Likeness);
      return [];
    },
    async remember(print, likeness) {
      const Item = {
        pk: `alike#${print}`,
        sk: `${likeness.at}#${likeness.campaignId}`,
        likeness,
        expiresAt: Math.ceil(Date.parse(likeness.until) / 1000) + KEEP_SECONDS,
      };
      await client.send(new PutCommand({ TableName, Item }));
    },
  };
}
