import type { Problem } from '../../shared/errors.ts';
import { type Channel, WHOLE, type WinnerMetric, type WinnerRule } from '../content.ts';
import { bucketsOf, percentOf, type Shares } from './shares.ts';
import { testedBuckets } from './split-tag.ts';

/** What a request says of choosing a winner; `testShare` in percent of the audience. */
export interface WinnerRequest {
  readonly testShare: number;
  readonly metric: WinnerMetric;
  readonly minimumSample?: number;
  readonly decideAfterMinutes?: number;
  readonly tie?: WinnerRule['tie'];
}

/** Delivered messages a variant needs: from here on a rate of some percent is told to about one point. */
const MINIMUM_SAMPLE = 1000;
/** Most opens and clicks come within hours; orders take the day. */
const DECIDE_AFTER_MINUTES: Readonly<Record<WinnerMetric, number>> = {
  opens: 4 * 60,
  clicks: 4 * 60,
  conversions: 24 * 60,
  revenue: 24 * 60,
};
/** A purchase counts for a message for seven days (spec §7): waiting longer tells nothing more. */
const LONGEST_MINUTES = 7 * 24 * 60;
const SHORTEST_MINUTES = 15;
/** Channels that tell when a message was opened. */
const TELLS_OPENS: readonly Channel[] = ['push', 'email'];

export function winnerOf(request: WinnerRequest): WinnerRule {
  return {
    testShare: bucketsOf(request.testShare) ?? 0,
    metric: request.metric,
    minimumSample: request.minimumSample ?? MINIMUM_SAMPLE,
    decideAfterMinutes: request.decideAfterMinutes ?? DECIDE_AFTER_MINUTES[request.metric],
    tie: request.tie ?? 'first',
  };
}

/**
 * Everything wrong with a request's rule for the winner. Without `shares`, which have problems of their own then, and
 * without a `channel` only the rule itself is judged.
 */
export function winnerProblems(
  request: WinnerRequest,
  channel: Channel | undefined,
  shares: Shares | undefined,
): Problem[] {
  const { metric, minimumSample, decideAfterMinutes } = request;
  const problems: Problem[] = [...testShareProblems(request.testShare, shares)];
  if (shares && shares.variants.length < 2) {
    problems.push({ field: 'winner', message: 'winner needs two variants or more to choose from' });
  }
  if (metric === 'opens' && channel !== undefined && !TELLS_OPENS.includes(channel)) {
    const message = `winner.metric is opens, which channel ${channel} does not tell; allowed: clicks, conversions, revenue`;
    problems.push({ field: 'winner.metric', message });
  }
  problems.push(...wholeProblems('winner.minimumSample', minimumSample, 1, 10_000_000));
  const minutes = [SHORTEST_MINUTES, LONGEST_MINUTES] as const;
  problems.push(...wholeProblems('winner.decideAfterMinutes', decideAfterMinutes, ...minutes));
  return problems;
}

/** The test reaches every variant, and leaves somebody to send the winner to. */
function testShareProblems(percent: number, shares: Shares | undefined): Problem[] {
  const { variants, holdout } = shares ?? { variants: [], holdout: 0 };
  const field = 'winner.testShare';
  const buckets = bucketsOf(percent);
  const most = WHOLE - holdout - 1;
  if (buckets === undefined || buckets < 1 || buckets > most) {
    const allowed = `0.01 to ${percentOf(most)} percent in steps of 0.01`;
    return [{ field, message: `${field} is ${percent}; allowed: ${allowed}` }];
  }
  const without = variants.filter((_, index) => testedBuckets(variants, buckets)[index] === 0);
  if (without.length === 0) return [];
  const names = without.map(({ name }) => name).join(', ');
  return [{ field, message: `${field} is ${percent}, of which ${names} would get nobody; allowed: more` }];
}

function wholeProblems(field: string, value: number | undefined, least: number, most: number): Problem[] {
  if (value === undefined || (Number.isInteger(value) && value >= least && value <= most)) return [];
  return [{ field, message: `${field} is ${value}; allowed: a whole number from ${least} to ${most}` }];
}
