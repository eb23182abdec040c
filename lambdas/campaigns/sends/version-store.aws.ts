import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { documentClient } from '../../shared/dynamodb.aws.ts';
import type { Campaign } from '../campaign.ts';
import type { VersionStore } from './ports.ts';
import type { Says } from './send.ts';

/** Versions that a function remembers: what was read once does not change. */
const REMEMBERED = 200;

const keyOf = (campaignId: string, version: number) => ({
  pk: `campaign#${campaignId}`,
  sk: `version#${String(version).padStart(8, '0')}`,
});

/** Versions in the table `campaigns` beside their campaign: `pk` = `campaign#<id>`, `sk` = `version#<8 digits>`. */
export function dynamoVersions(TableName: string, client = documentClient()): VersionStore {
  const known = new Map<string, Says>();
  const remember = (name: string, says: Says): Says => {
    const [oldest] = known.keys();
    if (known.size >= REMEMBERED && oldest !== undefined) known.delete(oldest);
    known.set(name, says);
    return says;
  };
  return {
    async keep(campaign) {
      const says = saysOf(campaign);
      await client.send(
        new PutCommand({ TableName, Item: { ...keyOf(campaign.id, campaign.version), says } }),
      );
    },
    async get(campaignId, version) {
      const Key = keyOf(campaignId, version);
      const name = `${campaignId}/${Key.sk}`;
      const remembered = known.get(name);
      if (remembered) return remembered;
      const { Item } = await client.send(new GetCommand({ TableName, Key, ConsistentRead: true }));
      return Item && remember(name, Item['says'] as Says);
    },
  };
}

/** What an edit changes of a campaign, without how it stands. */
export function saysOf(campaign: Campaign): Says {
  const { id, version, revision, status, chosen, anchor, next, dueAt, open, last, done, ...others } =
    campaign;
  const { change, asked, createdAt, createdBy, changedAt, changedBy, ...says } = others;
  return says satisfies Says & Record<Exclude<keyof typeof says, keyof Says>, never>;
}
