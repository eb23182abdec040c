import type { CreateCampaign } from '../../schemas/campaigns/generated/requests.js';
import { type Channel, graphemes } from './message.ts';
import type { Send } from './sends/send.ts';
import { isFinal } from './sends/send-state.ts';

/** What to say, to whom and when. Times are ISO 8601, UTC. */
export interface Campaign {
  readonly id: string;
  readonly name: string;
  readonly segment: string;
  readonly channel: Channel;
  readonly title?: string;
  readonly message: string;
  readonly icon?: string;
  readonly image?: string;
  readonly schedule?: { readonly at: string };
  readonly sendAt: string;
  readonly createdAt: string;
  readonly createdBy: string;
}

/** States a campaign is listed by (spec §4). */
export const CAMPAIGN_STATES = ['scheduled', 'sending', 'completed', 'failed', 'cancelled'] as const;
export type CampaignState = (typeof CAMPAIGN_STATES)[number];

/** The longest name made from a text, in grapheme clusters. */
const LONGEST_MADE_NAME = 60;

/** "named after its title"; one without a title after the beginning of its message. */
export function nameOf({ name, title, message }: Pick<CreateCampaign, 'name' | 'title' | 'message'>): string {
  const text = name ?? title ?? message;
  if (graphemes(text) <= LONGEST_MADE_NAME || name !== undefined) return text;
  return `${[...new Intl.Segmenter().segment(text)]
    .slice(0, LONGEST_MADE_NAME)
    .map(({ segment }) => segment)
    .join('')}…`;
}

/** A campaign's state is its last send's; before that is opened, it is scheduled. */
export function stateOf(sends: readonly Send[]): CampaignState {
  const last = sends.at(-1);
  if (!last || last.state === 'scheduled') return 'scheduled';
  return isFinal(last) ? (last.state as CampaignState) : 'sending';
}

/** When its next message goes out; null when no send waits. */
export const nextSendAt = (campaign: Campaign, sends: readonly Send[]): string | null =>
  stateOf(sends) === 'scheduled' ? (sends.at(-1)?.scheduledFor ?? campaign.sendAt) : null;

/** What was asked for, without what was made of it: tells a repeated request from another one. */
export const contentOf = ({
  id: _,
  createdAt: _at,
  createdBy: _by,
  sendAt: _send,
  ...content
}: Campaign): string => JSON.stringify(Object.entries(content).sort(([a], [b]) => (a < b ? -1 : 1)));
