import type { Due } from '../ports.ts';
import { type CampaignRow, dueAt } from './campaign.ts';
import { WATCH_MS } from './start-campaign.ts';

/** Whether a campaign that has not begun is to begin at once. */
export const startsNow = ({ status, startAt }: CampaignRow, now: number): boolean =>
  status === 'SCHEDULED' && startAt <= now;

/** When the tick looks first at a campaign: at its time, or a while after it was queued; never while it is PAUSED. */
export function firstLook(row: CampaignRow, now: number): Due | undefined {
  if (row.status !== 'SCHEDULED') return undefined;
  return dueAt(row.id, startsNow(row, now) ? now + WATCH_MS : row.startAt);
}
