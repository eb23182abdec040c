import type { Campaign } from '../../../lambdas/campaigns/campaign.ts';
import { lineOf, markOf, searchable } from '../../../lambdas/campaigns/line.ts';
import type { CampaignStore } from '../../../lambdas/campaigns/ports.ts';
import { shardOf } from '../../../lambdas/campaigns/sends/due.ts';
import type {
  DueRow,
  DueStore,
  SendStore,
  StoredSend,
  VersionStore,
} from '../../../lambdas/campaigns/sends/ports.ts';
import { type Says, type Send, saysOf } from '../../../lambdas/campaigns/sends/send.ts';
import { stateOf } from '../../../lambdas/campaigns/standing.ts';

/** The sparse index `due`, a map a shard. */
function dueIndex() {
  const shards = new Map<string, Map<string, DueRow>>();
  return {
    note(row: Omit<DueRow, 'dueAt'>, dueAt: string | undefined): void {
      const shard = shardOf(row.campaignId);
      const rows = shards.get(shard) ?? new Map<string, DueRow>();
      shards.set(shard, rows);
      const key = row.sendId ?? row.campaignId;
      if (dueAt === undefined) rows.delete(key);
      else rows.set(key, { ...row, dueAt });
    },
    /** Rows of the shard that are due at `at` (ISO 8601). */
    dueOf(shard: string, at: string): DueRow[] {
      const found: DueRow[] = [];
      for (const row of shards.get(shard)?.values() ?? []) if (row.dueAt <= at) found.push(row);
      return found;
    },
    /** When the tick finds something next, ISO 8601. */
    earliest(): string | undefined {
      let first: string | undefined;
      for (const rows of shards.values())
        for (const { dueAt } of rows.values()) if (first === undefined || dueAt < first) first = dueAt;
      return first;
    },
  };
}

/** Campaigns, their versions and sends, and the index `due` in memory, as one table is. */
export function memoryTable() {
  const campaigns = new Map<string, Campaign>();
  const sends = new Map<string, Map<string, StoredSend>>();
  const versions = new Map<string, Says>();
  const index = dueIndex();
  const putCampaign = (campaign: Campaign): Campaign => {
    campaigns.set(campaign.id, campaign);
    index.note({ campaignId: campaign.id }, campaign.dueAt);
    return campaign;
  };
  const sendsOf = (campaignId: string): Map<string, StoredSend> => {
    const found = sends.get(campaignId) ?? new Map<string, StoredSend>();
    sends.set(campaignId, found);
    return found;
  };
  const putSend = (send: Send, revision: number): StoredSend => {
    const stored = { send, revision };
    sendsOf(send.campaignId).set(send.id, stored);
    index.note({ campaignId: send.campaignId, sendId: send.id }, send.dueAt);
    return stored;
  };
  const inOrder = (campaignId: string): Send[] =>
    [...sendsOf(campaignId).values()].map(({ send }) => send).sort((a, b) => (a.id < b.id ? -1 : 1));
  const campaignStore: CampaignStore = {
    async create(campaign) {
      if (campaigns.has(campaign.id)) return false;
      putCampaign(campaign);
      return true;
    },
    get: async (id) => campaigns.get(id),
    async replace(next) {
      if (campaigns.get(next.id)?.revision !== next.revision) return undefined;
      return putCampaign({ ...next, revision: next.revision + 1 });
    },
    async list({ state, limit, after, q = '' }) {
      const found = [...campaigns.values()]
        .filter((campaign) => stateOf(campaign) === state)
        .filter((campaign) => after === undefined || markOf(campaign) < after)
        .filter(({ name }) => searchable(name).includes(searchable(q)))
        .sort((a, b) => (markOf(a) < markOf(b) ? 1 : -1));
      const lines = found.slice(0, limit).map(lineOf);
      const last = lines.at(-1);
      return { lines, ...(found.length > limit && last ? { after: markOf(last) } : {}) };
    },
  };
  const sendStore: SendStore = {
    async create(send) {
      return sendsOf(send.campaignId).has(send.id) ? undefined : putSend(send, 1);
    },
    get: async (campaignId, sendId) => sendsOf(campaignId).get(sendId),
    list: async (campaignId) => inOrder(campaignId),
    latest: async (campaignId, limit) => inOrder(campaignId).slice(-limit).reverse(),
    async replace({ revision }, next) {
      if (sendsOf(next.campaignId).get(next.id)?.revision !== revision) return undefined;
      return putSend(next, revision + 1);
    },
  };
  const versionStore: VersionStore = {
    async keep(campaign) {
      versions.set(`${campaign.id}/${campaign.version}`, saysOf(campaign));
    },
    async get(campaignId, version) {
      const campaign = campaigns.get(campaignId);
      return campaign?.version === version ? saysOf(campaign) : versions.get(`${campaignId}/${version}`);
    },
  };
  const due: DueStore = {
    async due(shard, now, limit) {
      const at = new Date(now).toISOString();
      return index
        .dueOf(shard, at)
        .sort((a, b) => (a.dueAt < b.dueAt ? -1 : 1))
        .slice(0, limit);
    },
    async claim({ campaignId, sendId, dueAt }, until) {
      const next = new Date(until).toISOString();
      if (sendId !== undefined) {
        const stored = sendsOf(campaignId).get(sendId);
        if (stored?.send.dueAt !== dueAt) return false;
        putSend({ ...stored.send, dueAt: next }, stored.revision);
        return { revision: stored.revision };
      }
      const campaign = campaigns.get(campaignId);
      if (campaign?.dueAt !== dueAt) return false;
      putCampaign({ ...campaign, dueAt: next });
      return {};
    },
  };
  return {
    campaigns: campaignStore,
    sends: sendStore,
    versions: versionStore,
    due,
    earliest: index.earliest,
  };
}
