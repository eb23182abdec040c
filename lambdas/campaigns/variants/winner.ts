import type { WinnerRule } from '../content.ts';
import { type Candidate, type Entry, noResult, totalOf, type VariantResult } from './results.ts';
import { compareWith, type VariantComparison } from './significance.ts';
import { whyBest, whyEarly, whyTie, whyUntold } from './why.ts';

export type Decision =
  /** Look again at `until` (epoch milliseconds). */
  | { readonly kind: 'wait'; readonly until: number }
  | {
      readonly kind: 'winner';
      readonly variantId: string;
      /** For a marketer to read. */
      readonly why: string;
      /** The winner against each other variant with enough messages; empty when the tie rule decided. */
      readonly significance: readonly VariantComparison[];
    };

/** Looks are rare: each is a query, and each early one is a chance to be misled. */
const LOOKS = 4;
/** Haybittle (1971), Peto (1976): looks before the last one count at this level only, and then cost the last one nothing. */
const EARLY_LEVEL = 0.001;

/**
 * Who won the test (spec §4). It is looked at a quarter, half and three quarters of the way, and at the deadline. Before
 * the deadline a variant wins if all have enough messages and it is better than each other beyond doubt. At the deadline
 * the best so far of those with enough messages wins; the tie rule decides among equals, and among all when none has
 * enough, or when the results cannot be told (undefined). The order of `candidates` and `results` says nothing: ties go by
 * the variants' ids.
 */
export function decide(
  rule: WinnerRule,
  candidates: readonly Candidate[],
  results: readonly VariantResult[] | undefined,
  now: number,
  testSentAt: number,
): Decision {
  const deadline = testSentAt + rule.decideAfterMinutes * 60_000;
  const entries = entriesOf(candidates, results ?? []);
  if (results === undefined) return untold(rule, entries);
  const enough = entries.filter(({ result }) => result.delivered >= rule.minimumSample);
  const [best] = ranked(enough, rule);
  if (now >= deadline) return atDeadline(rule, entries, enough, best);
  const early = best && enough.length === entries.length ? beyondDoubt(rule, enough, best) : undefined;
  return early ?? { kind: 'wait', until: nextLook(testSentAt, deadline, now) };
}

function entriesOf(candidates: readonly Candidate[], results: readonly VariantResult[]): Entry[] {
  const found = new Map(results.map((result) => [result.variantId, result]));
  return [...candidates]
    .sort((a, b) => Number(a.id) - Number(b.id))
    .map((candidate) => ({ candidate, result: found.get(candidate.id) ?? noResult(candidate.id) }));
}

/** Best first; equals by the tie rule. */
function ranked(entries: readonly Entry[], rule: WinnerRule): Entry[] {
  return [...entries].sort((a, b) => byValue(a, b, rule) || byTieRule(a, b, rule));
}

/** Totals are multiplied crosswise: quotients of equal rates may differ in the last digit. */
function byValue(a: Entry, b: Entry, { metric }: WinnerRule): number {
  const [one, other] = [a.result, b.result];
  return totalOf(other, metric) * one.delivered - totalOf(one, metric) * other.delivered;
}

const byTieRule = (a: Entry, b: Entry, { tie }: WinnerRule): number =>
  (tie === 'largest' ? b.candidate.weight - a.candidate.weight : 0) ||
  Number(a.candidate.id) - Number(b.candidate.id);

function against(best: Entry, others: readonly Entry[], { metric }: WinnerRule): VariantComparison[] {
  const rest = others.filter((entry) => entry !== best).map(({ result }) => result);
  return compareWith(best.result, rest, metric, 'delivered');
}

function beyondDoubt(rule: WinnerRule, entries: readonly Entry[], best: Entry): Decision | undefined {
  const significance = against(best, entries, rule);
  const sure = significance.every(({ adjustedPValue, reliable }) => reliable && adjustedPValue < EARLY_LEVEL);
  if (!sure || significance.length === 0) return undefined;
  const why = whyEarly(rule, best, entries, significance);
  return { kind: 'winner', variantId: best.candidate.id, why, significance };
}

function atDeadline(
  rule: WinnerRule,
  entries: readonly Entry[],
  enough: readonly Entry[],
  best: Entry | undefined,
): Decision {
  const equals = best ? enough.filter((entry) => byValue(entry, best, rule) === 0) : entries;
  if (best && equals.length === 1) {
    const significance = against(best, enough, rule);
    const why = whyBest(rule, best, entries, significance);
    return { kind: 'winner', variantId: best.candidate.id, why, significance };
  }
  const chosen = byTie(rule, equals);
  const why = whyTie(rule, chosen, equals, best !== undefined);
  return { kind: 'winner', variantId: chosen.candidate.id, why, significance: [] };
}

function untold(rule: WinnerRule, entries: readonly Entry[]): Decision {
  const chosen = byTie(rule, entries);
  return {
    kind: 'winner',
    variantId: chosen.candidate.id,
    why: whyUntold(rule, chosen),
    significance: [],
  };
}

function byTie(rule: WinnerRule, equals: readonly Entry[]): Entry {
  const [chosen] = [...equals].sort((a, b) => byTieRule(a, b, rule));
  if (!chosen) throw new Error('A winner is chosen among no variants');
  return chosen;
}

/** The next of the equally spaced looks after `now`, the last one being the deadline. */
function nextLook(from: number, deadline: number, now: number): number {
  const looks = Array.from({ length: LOOKS }, (_, index) =>
    Math.ceil(from + ((index + 1) * (deadline - from)) / LOOKS),
  );
  return looks.find((look) => look > now) ?? deadline;
}
