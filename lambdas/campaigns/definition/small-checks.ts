import type { CreateCampaign } from '../../../schemas/campaigns/generated/requests.js';
import { inWords } from '../../shared/depth.ts';
import type { Problem } from '../../shared/errors.ts';
import { graphemes } from '../../shared/graphemes.ts';
import { bytesOf } from '../../shared/utf8.ts';
import type { Definition } from '../campaign.ts';
import { COUPON } from '../personalisation/variables.ts';

/** The engine's (docs/pinpoint-api.md). */
const MOST_PER_MINUTE = 1_200_000;
const MOST_OF_A_CAP = 1000;

const isWhole = (value: number, most: number): boolean =>
  Number.isInteger(value) && value >= 1 && value <= most;

/** A row holds 400 KB: what a campaign says, how it stands, and what lists show of it. */
const MOST_BYTES = 250_000;

/** All texts together, in bytes of UTF-8. */
export function sizeProblems(definition: Definition): Problem[] {
  const bytes = bytesOf(JSON.stringify(definition));
  if (bytes <= MOST_BYTES) return [];
  const message = `the campaign has ${bytes} bytes in all its variants; at most ${MOST_BYTES} are allowed: keep long texts in a template`;
  return [{ field: 'variants', message }];
}

export const nameProblems = ({ name }: Pick<CreateCampaign, 'name'>): Problem[] =>
  name === undefined || name.trim() !== '' ? [] : [{ field: 'name', message: 'name is blank' }];

/** To send nothing is to pause, not a rate. */
export function rateProblems({ ratePerMinute: rate }: Pick<CreateCampaign, 'ratePerMinute'>): Problem[] {
  if (rate === undefined || rate === 'max') return [];
  if (typeof rate === 'number' && isWhole(rate, MOST_PER_MINUTE)) return [];
  const field = 'ratePerMinute';
  const allowed = `a whole number of messages a minute from 1 to ${MOST_PER_MINUTE}, or "max"`;
  return [{ field, message: `${field} is ${inWords(rate)}; allowed: ${allowed}` }];
}

/** As it is stored: 0 is as fast as possible. It has no problems. */
export const storedRate = ({
  ratePerMinute: rate,
}: Pick<CreateCampaign, 'ratePerMinute'>): number | undefined => (typeof rate === 'string' ? 0 : rate);

/** A notice may not advertise (Kakao's rules for 알림톡). */
export function purposeProblems({ purpose, kakao }: Pick<CreateCampaign, 'purpose' | 'kakao'>): Problem[] {
  if (purpose !== 'advertising' || kakao?.kind !== 'alimtalk') return [];
  return [
    { field: 'purpose', message: 'purpose is advertising; an alimtalk is a notice: allowed: informational' },
  ];
}

/** Characters of an opt-out text, as a reader counts them (spec §4); lib/campaigns/check-policy.ts asks the deployment's for the same. */
const LONGEST_OPT_OUT = 30;

/** How to refuse advertising: one line that says the same to everybody, where the law asks for it. */
export function optOutProblems(
  { purpose, channel = 'push', optOutText: text }: Pick<CreateCampaign, 'purpose' | 'channel' | 'optOutText'>,
  unread: ReadonlySet<string>,
): Problem[] {
  if (text === undefined) return [];
  const isMeant =
    (purpose === 'advertising' || unread.has('purpose')) &&
    (['push', 'sms'].includes(channel) || unread.has('channel'));
  const misplaced = isMeant ? [] : ['has its place in advertising by push and SMS alone'];
  return [...misplaced, ...wrongOptOut(text)].map((what) => ({
    field: 'optOutText',
    message: `optOutText ${what}`,
  }));
}

function wrongOptOut(text: string): string[] {
  if (text.trim() === '') return ['is blank'];
  const length = graphemes(text);
  if (length > LONGEST_OPT_OUT) return [`has ${length} characters; at most ${LONGEST_OPT_OUT} are allowed`];
  if (text.trim() === text && !/[\p{Cc}\u2028\u2029]|\{\{|#\{/u.test(text)) return [];
  return [`is ${JSON.stringify(text)}; allowed: one line without variables or blanks around it`];
}

/** A code is shown only where there is a pool to take it from. */
export function couponProblems(
  { coupon }: Pick<CreateCampaign, 'coupon'>,
  shownNames: readonly string[],
): Problem[] {
  if (coupon !== undefined || !shownNames.includes(COUPON)) return [];
  return [
    { field: 'coupon', message: 'coupon is missing: the texts show a code, so name the pool it comes from' },
  ];
}

export function capsProblems({ caps }: Pick<CreateCampaign, 'caps'>): Problem[] {
  const { channels = {}, ...overall } = caps ?? {};
  const limits: [string, number | undefined][] = [
    ...Object.entries(overall).map(([name, limit]): [string, number] => [`caps.${name}`, limit]),
    ...Object.entries(channels).flatMap(([channel, { perDay, perWeek }]): [string, number | undefined][] => [
      [`caps.channels.${channel}.perDay`, perDay],
      [`caps.channels.${channel}.perWeek`, perWeek],
    ]),
  ];
  return limits.flatMap(([field, limit]) =>
    limit === undefined || isWhole(limit, MOST_OF_A_CAP)
      ? []
      : [{ field, message: `${field} is ${limit}; allowed: a whole number from 1 to ${MOST_OF_A_CAP}` }],
  );
}

export const startProblems = ({ start, draft }: Pick<CreateCampaign, 'start' | 'draft'>): Problem[] =>
  start && draft ? [{ field: 'start', message: 'start is true, and so is draft: give one of them' }] : [];
