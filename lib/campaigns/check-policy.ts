import { COUNTRIES } from '../../lambdas/campaigns/env.ts';
import { CAPPED_CHANNELS, type CapLimitsConfig, type CapsConfig, type PolicyConfig } from '../config.ts';
import { unless, wholeProblems } from '../shared/checks.ts';

/** Characters of an opt-out text, as a reader counts them (spec §4). */
const LONGEST_OPT_OUT = 30;
const MOST_PER_DAY = 100;
const MOST_PER_WEEK = 700;

/** Everything wrong with the decisions about advertising. */
export function policyProblems({ country, optOutText, defaultCaps, cappedPurposes }: PolicyConfig): string[] {
  return [
    ...unless(
      COUNTRIES.includes(country),
      `policy.country "${country}": known are ${COUNTRIES.join(', ')}; another one is a file in lambdas/campaigns/policy/law`,
    ),
    ...(optOutText === undefined ? [] : optOutProblems(optOutText)),
    ...capsProblems(defaultCaps),
    ...unless(
      ['all', 'advertising'].includes(cappedPurposes),
      `policy.cappedPurposes "${cappedPurposes}": expected all or advertising`,
    ),
  ];
}

function optOutProblems(text: string): string[] {
  const length = [...new Intl.Segmenter().segment(text)].length;
  return [
    ...unless(
      length >= 1 && length <= LONGEST_OPT_OUT && text.trim() === text,
      `policy.optOutText "${text}": expected 1 to ${LONGEST_OPT_OUT} characters without spaces around them (it has ${length})`,
    ),
    ...unless(
      !/[\p{Cc}\u2028\u2029]|\{\{|#\{/u.test(text),
      `policy.optOutText "${text}": expected one line without variables; everybody is told the same`,
    ),
  ];
}

function capsProblems({ channels = {}, ...overall }: CapsConfig): string[] {
  const known: readonly string[] = CAPPED_CHANNELS;
  return [
    ...limitProblems('policy.defaultCaps', overall),
    ...Object.entries(channels).flatMap(([channel, limits]) => [
      ...unless(
        known.includes(channel),
        `policy.defaultCaps.channels "${channel}": known are ${known.join(', ')}`,
      ),
      ...limitProblems(`policy.defaultCaps.channels.${channel}`, limits),
    ]),
  ];
}

function limitProblems(name: string, { perDay, perWeek }: CapLimitsConfig): string[] {
  return [
    ...(perDay === undefined ? [] : wholeProblems(`${name}.perDay`, perDay, 1, MOST_PER_DAY)),
    ...(perWeek === undefined ? [] : wholeProblems(`${name}.perWeek`, perWeek, 1, MOST_PER_WEEK)),
    ...unless(
      (perWeek ?? Number.POSITIVE_INFINITY) >= (perDay ?? 0),
      `${name}: perWeek ${perWeek} is less than perDay ${perDay}, which could never be reached`,
    ),
  ];
}
