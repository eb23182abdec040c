import type { Campaign, CampaignLine } from './campaign.ts';

/** What lists show of a campaign, and where it stands in them. Pure. */

export const lineOf = (campaign: Campaign): CampaignLine => ({
  id: campaign.id,
  name: campaign.name,
  segment: campaign.segment,
  channel: campaign.channel,
  purpose: campaign.purpose,
  status: campaign.status,
  schedule: campaign.schedule,
  ...(campaign.ratePerMinute === undefined ? {} : { ratePerMinute: campaign.ratePerMinute }),
  ...(campaign.anchor === undefined ? {} : { anchor: campaign.anchor }),
  ...(campaign.next === undefined ? {} : { next: campaign.next }),
  open: campaign.open,
  ...(campaign.last === undefined ? {} : { last: campaign.last }),
  done: campaign.done,
  createdAt: campaign.createdAt,
  changedAt: campaign.changedAt,
});

/** Its place in a list: lists are sorted by creation, so that a change moves no campaign between two pages. */
export const markOf = ({ createdAt, id }: Pick<Campaign, 'createdAt' | 'id'>): string => `${createdAt}#${id}`;

/** A name as it is searched: whatever its case and however its characters are composed. */
export const searchable = (name: string): string => name.normalize('NFKC').toLowerCase();
