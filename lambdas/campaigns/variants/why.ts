/** A decision in a marketer's words. Pure. */
import type { WinnerMetric, WinnerRule } from '../content.ts';
import { type Entry, meanOf } from './results.ts';
import type { VariantComparison } from './significance.ts';

/** The usual level of "not chance". */
const LEVEL = 0.05;

/** It was better than each other beyond doubt before the deadline. */
export function whyEarly(
  rule: WinnerRule,
  best: Entry,
  entries: readonly Entry[],
  significance: readonly VariantComparison[],
): string {
  return `${lead(rule, best, entries)}. ${chance(significance)}; there was no need to wait for the deadline.`;
}

/** It was the best at the deadline; those with too few messages were left out. */
export function whyBest(
  rule: WinnerRule,
  best: Entry,
  entries: readonly Entry[],
  significance: readonly VariantComparison[],
): string {
  const few = entries.filter(({ result }) => result.delivered < rule.minimumSample);
  const compared = entries.filter((entry) => !few.includes(entry));
  const sentences = [
    lead(rule, best, compared),
    ...(significance.length > 0 ? [chance(significance)] : []),
    ...(few.length > 0 ? [leftOut(rule, few)] : []),
  ];
  return `${sentences.join('. ')}.`;
}

/** Nobody was better: equals, or none with enough messages. */
export function whyTie(rule: WinnerRule, chosen: Entry, equals: readonly Entry[], measured: boolean): string {
  const reason = measured
    ? `${listed(equals.map(({ candidate }) => candidate.name))} did equally well on ${rule.metric} (${amount(rule.metric, chosen)})`
    : `no variant had the ${number(rule.minimumSample)} delivered messages it needed (${equals.map(delivered).join(', ')})`;
  return `${chosen.candidate.name} was taken ${taken(rule)}: by the deadline ${reason}.`;
}

/** Nobody knows how the variants did. */
export const whyUntold = (rule: WinnerRule, chosen: Entry): string =>
  `${chosen.candidate.name} was taken ${taken(rule)}: what came of the test could not be told.`;

const taken = ({ tie }: WinnerRule): string =>
  tie === 'first' ? 'as the first variant' : 'as the variant with the largest share of the audience';

/** "B won on opens: 12.40 % of 10,000 delivered messages, ahead of A (10.00 % of 9,987)". */
function lead({ metric }: WinnerRule, best: Entry, entries: readonly Entry[]): string {
  const others = entries
    .filter((entry) => entry !== best)
    .sort((a, b) => meanOf(b.result, metric) - meanOf(a.result, metric));
  const behind = others.map((entry) => `${entry.candidate.name} (${amount(metric, entry)})`);
  const ahead = behind.length > 0 ? `, ahead of ${listed(behind)}` : '';
  return `${best.candidate.name} won on ${metric}: ${amount(metric, best)}${ahead}`;
}

/** The comparison that is least sure speaks for all. */
function chance(significance: readonly VariantComparison[]): string {
  const p = Math.max(...significance.map(({ adjustedPValue }) => adjustedPValue));
  const often = p < 0.001 ? 'fewer than 1 of 1,000' : `about ${number(Math.round(p * 1000))} of 1,000`;
  const so = p < LEVEL ? 'this one is unlikely to be chance' : 'this one may well be chance';
  return `Chance alone makes such a difference in ${often} tests: ${so}`;
}

const leftOut = ({ minimumSample }: WinnerRule, few: readonly Entry[]): string =>
  `Left out for fewer than ${number(minimumSample)} delivered messages: ${few.map(delivered).join(', ')}`;

const delivered = ({ candidate, result }: Entry): string => `${candidate.name} ${number(result.delivered)}`;

function amount(metric: WinnerMetric, { result }: Entry): string {
  const of = `${number(result.delivered)} delivered`;
  const value = meanOf(result, metric);
  if (metric !== 'revenue') return `${(value * 100).toFixed(2)} % of ${of}`;
  return `${number(value, 2)}${result.currency === undefined ? '' : ` ${result.currency}`} for each of ${of}`;
}

const number = (value: number, maximumFractionDigits = 0): string =>
  value.toLocaleString('en', { maximumFractionDigits });

const listed = (names: readonly string[]): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
