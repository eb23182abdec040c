import type { CampaignLine, CampaignState } from './campaign.ts';
import type { Channel } from './content.ts';
import { completedAt, nextSendAt, stateOf } from './standing.ts';

/** A campaign in a list, with the columns of spec §4. Times are ISO 8601, UTC. */
export interface LineView {
  readonly id: string;
  readonly name: string;
  readonly segment: string;
  readonly channel: Channel;
  readonly purpose: 'advertising' | 'informational';
  readonly state: CampaignState;
  readonly nextSendAt: string | null;
  /** Messages tried, in all its sends; those of a running send are added when its state changes. */
  readonly messages: number;
  /** Accepted messages ÷ messages tried, 0 to 1; null before there are any. */
  readonly successRate: number | null;
  /** Local dates of a recurring campaign; `until` null: until stopped. */
  readonly period: { readonly from: string; readonly until: string | null } | null;
  readonly ratePerMinute: number | null;
  readonly completedAt: string | null;
  readonly createdAt: string;
  readonly changedAt: string;
}

export function lineView(line: CampaignLine): LineView {
  const open = Object.values(line.open);
  const messages = open.reduce((sum, send) => sum + send.messages, line.done.messages);
  const sent = open.reduce((sum, send) => sum + send.sent, line.done.sent);
  const { id, name, segment, channel, purpose, schedule, createdAt, changedAt } = line;
  return {
    id,
    name,
    segment,
    channel,
    purpose,
    state: stateOf(line),
    nextSendAt: nextSendAt(line),
    messages,
    successRate: messages === 0 ? null : sent / messages,
    period: schedule.kind === 'recurring' ? { from: schedule.from, until: schedule.until ?? null } : null,
    ratePerMinute: line.ratePerMinute ?? null,
    completedAt: completedAt(line),
    createdAt,
    changedAt,
  };
}
