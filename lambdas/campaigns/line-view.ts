import type { CampaignLine, CampaignState } from './campaign.ts';
import type { Channel } from './content.ts';
import { inWords } from './schedule/in-words.ts';
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
  /** Its schedule in words, Korean and English. */
  readonly cycle: { readonly ko: string; readonly en: string };
  /** Messages a minute, the deployment's where it says none; `max`: as fast as possible. */
  readonly ratePerMinute: number | 'max';
  readonly completedAt: string | null;
  readonly createdAt: string;
  readonly changedAt: string;
}

/** What holds for campaigns that say nothing. */
interface Defaults {
  readonly timeZone: string;
  readonly ratePerMinute?: number;
}

export function lineView(line: CampaignLine, { timeZone, ratePerMinute }: Defaults): LineView {
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
    cycle: { ko: inWords(schedule, 'ko', timeZone), en: inWords(schedule, 'en', timeZone) },
    // 0 is stored for as fast as possible.
    ratePerMinute: (line.ratePerMinute ?? ratePerMinute) || 'max',
    completedAt: completedAt(line),
    createdAt,
    changedAt,
  };
}
