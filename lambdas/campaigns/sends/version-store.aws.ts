import { documentClient } from '../../shared/dynamodb.aws.ts';
import { plainRows, type RowKey } from '../../shared/plain-rows.aws.ts';
import type { Campaign } from '../campaign.ts';
import type { VersionStore } from './ports.ts';
import { type Says, saysOf } from './send.ts';

/** A row of either kind. */
interface Row {
  readonly says?: Says;
  readonly campaign?: Campaign;
}

/** Versions that a function remembers: what was read once does not change. */
const REMEMBERED = 200;

const keyOf = (campaignId: string, version: number) => ({
  pk: `campaign#${campaignId}`,
  sk: `version#${String(version).padStart(8, '0')}`,
});

const campaignKey = (id: string) => ({ pk: `campaign#${id}`, sk: 'campaign' });

/** The version that the campaign's own row still says. An edit keeps it before it replaces the row. */
const currentOf = ({ campaign }: Row, version: number): Says | undefined =>
  campaign?.version === version ? saysOf(campaign) : undefined;

/** Versions in the table `campaigns` beside their campaign: `pk` = `campaign#<id>`, `sk` = `version#<8 digits>`. */
export function dynamoVersions(TableName: string, client = documentClient()): VersionStore {
  const known = new Map<string, Says>();
  const rows = plainRows(TableName, client);
  const read = async (key: RowKey): Promise<Row> => (await rows.get(key)) ?? {};
  const remember = (name: string, says: Says): Says => {
    const [oldest] = known.keys();
    if (known.size >= REMEMBERED && oldest !== undefined) known.delete(oldest);
    known.set(name, says);
    return says;
  };
  return {
    async keep(campaign) {
      await rows.put({ ...keyOf(campaign.id, campaign.version), says: saysOf(campaign) });
    },
    async get(campaignId, version) {
      const name = `${campaignId}/${version}`;
      const remembered = known.get(name);
      if (remembered) return remembered;
      const kept = async () => (await read(keyOf(campaignId, version))).says;
      const says =
        (await kept()) ?? currentOf(await read(campaignKey(campaignId)), version) ?? (await kept());
      return says && remember(name, says);
    },
  };
}
