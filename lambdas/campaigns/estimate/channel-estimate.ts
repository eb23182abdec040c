/** One channel's part of an estimate. Pure. */
import type { Definition } from '../campaign.ts';
import type { Channel, Content } from '../content.ts';
import type { PriceKey } from '../env.ts';
import { withNotices } from '../policy/label.ts';
import type { Law } from '../policy/law/law.ts';
import { type Cost, type Costs, costOf } from './cost.ts';
import { extrapolate, type Figure, type Sample, total } from './extrapolate.ts';
import { HOLD, type Outcomes, SEND } from './outcomes.ts';
import type { Usage } from './ports.ts';
import { smsParts } from './sms-parts.ts';

export interface ChannelEstimate {
  readonly channel: Channel;
  /** Members who would get it, those who get it later because it is night among them. */
  readonly members: Figure;
  readonly later: Figure;
  /** A member may have several addresses. */
  readonly messages: Figure;
  /** Members by the reason they would be left out for; with `members` all of the segment. */
  readonly skipped: Readonly<Record<string, Figure>>;
  /** Null: no price is known, as of the customer's own ends. */
  readonly cost: Cost | null;
  /** At the rate, without what waits for the morning; null: as fast as possible. */
  readonly durationSeconds: number | null;
}

export interface Circumstances extends Costs {
  readonly law: Law;
  /** Messages this month; undefined: not known. */
  readonly used: Usage | undefined;
  /** Messages a minute; undefined: as fast as possible. */
  readonly rate: number | undefined;
  /** Codes left in the campaign's pool, if it has one. */
  readonly couponsLeft: number | undefined;
}

type Estimated = Pick<Definition, 'channel' | 'purpose' | 'policy' | 'variants'>;

const NONE: Figure = { value: 0, margin: 0 };

export function channelEstimate(
  campaign: Estimated,
  { counts, messages: sums }: Outcomes,
  sample: Sample,
  given: Circumstances,
): ChannelEstimate {
  // Who gets it now and who gets it later are one number first: their margins are of the whole.
  const { [SEND]: now = 0, [HOLD]: held = 0, ...reasons } = counts;
  const { outcomes, heldOut } = extrapolate({ ...reasons, [SEND]: now + held }, sample);
  const { [SEND]: reached = NONE, ...skipped } = outcomes;
  const { [HOLD]: later = NONE } = extrapolate(counts, sample).outcomes;
  const { members, without } = limitedBy(given.couponsLeft, reached);
  const messages = total(sums, members);
  const seconds = given.rate === undefined ? null : Math.ceil((messages.value * 60) / given.rate);
  return {
    channel: campaign.channel,
    members,
    later,
    messages,
    skipped: {
      ...skipped,
      ...(heldOut.value > 0 ? { HOLDOUT: heldOut } : {}),
      ...(without.value > 0 ? { NO_COUPON_LEFT: without } : {}),
    },
    cost: costIn(campaign, messages, given),
    durationSeconds: seconds,
  };
}

/** A pool that is too small reaches as many as it has codes. */
function limitedBy(left: number | undefined, reached: Figure): { members: Figure; without: Figure } {
  if (left === undefined || left >= reached.value) return { members: reached, without: NONE };
  const without = { value: reached.value - left, margin: reached.margin };
  return { members: { value: left, margin: Math.max(0, reached.margin - without.value) }, without };
}

function costIn(campaign: Estimated, messages: Figure, given: Circumstances): Cost | null {
  const key = priceKey(campaign);
  const price = key && given.prices[key];
  if (!price) return null;
  const units = price.unit === 'part' ? partsOf(campaign, given.law) : 1;
  // The ledger knows Kakao's messages as those of a custom channel, among all others of one.
  const isCounted = given.used !== undefined && campaign.channel !== 'kakao';
  const used = isCounted ? (given.used[campaign.channel] ?? 0) : undefined;
  return costOf(price, messages, units, used, given);
}

function priceKey({ channel, purpose, variants }: Estimated): PriceKey | undefined {
  switch (channel) {
    case 'push':
    case 'email':
    case 'sms':
      return channel;
    case 'kakao': {
      // Of another channel's campaign it is not known what it would be; notices may not advertise.
      const kinds = variants.map(({ content }) => content.kakao?.['kind']);
      const notices = kinds.every((kind) => kind === 'alimtalk' || kind === undefined);
      return notices && purpose === 'informational' ? 'kakaoNotice' : 'kakaoBrand';
    }
    case 'webhook':
    case 'custom':
      return undefined;
  }
}

/** Parts of an SMS with its notices, on the average of the variants. */
function partsOf({ channel, policy, variants }: Estimated, law: Law): number {
  const weights = variants.reduce((sum, { weight }) => sum + weight, 0);
  const parts = variants.reduce((sum, { weight, content }) => {
    const said: Content = withNotices(content, { channel, policy, law });
    return sum + weight * smsParts(said.message ?? '');
  }, 0);
  return weights === 0 ? 1 : parts / weights;
}
