import type { CampaignLimits, WriteCampaignRequest } from '@aws-sdk/client-pinpoint';
import { MAX_RATE } from '../delivery/pace.ts';
import { MAX_WHOLE, notYetIn, wholeProblems } from './checks.ts';
import { RATE_TAG } from './rate.ts';

/** Bounds of each limit (pinpoint.md §2.5). */
const BOUNDS = {
  Daily: [0, 100],
  Total: [0, 100],
  MessagesPerSecond: [1, 20_000],
  MaximumDuration: [60, MAX_WHOLE],
} as const satisfies Record<Exclude<keyof CampaignLimits, 'Session'>, readonly [number, number]>;

const RATE_OF_0 = ': a rate of 0 sends nothing';
const WHOLE = /^[1-9]\d*$/;

/** What is wrong with limits, of a campaign or of an application. */
export function limitProblems(limits: CampaignLimits | undefined): string[] {
  if (!limits) return [];
  return [
    ...Object.entries(BOUNDS).flatMap(([name, bounds]) => {
      const why = name === 'MessagesPerSecond' ? RATE_OF_0 : '';
      return wholeProblems(`Limits.${name}`, limits[name as keyof typeof BOUNDS], bounds, why);
    }),
    // Sessions are of in-app messages.
    ...notYetIn('Limits.', limits, ['Session']),
  ];
}

/** What is wrong with the tag that gives messages a minute; MessagesPerSecond beside it has to say the same. */
export function rateProblems({
  tags,
  Limits: limits,
}: Pick<WriteCampaignRequest, 'tags' | 'Limits'>): string[] {
  const tag = tags?.[RATE_TAG];
  if (tag === undefined) return [];
  const member = `tags.${RATE_TAG}`;
  const why = tag === '0' ? RATE_OF_0 : '';
  if (!WHOLE.test(tag) || Number(tag) > MAX_RATE)
    return [
      `${member} is ${JSON.stringify(tag)}${why}; allowed: messages a minute, a whole number from 1 to ${MAX_RATE}`,
    ];
  const perSecond = limits?.MessagesPerSecond;
  return perSecond !== undefined && perSecond * 60 !== Number(tag)
    ? [`${member} is ${tag} a minute, and Limits.MessagesPerSecond is ${perSecond}; give one of them`]
    : [];
}
